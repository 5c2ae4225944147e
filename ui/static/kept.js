// What a customer has sent and what is typed, in the tab's storage: it outlives a reload until its reply is finished.
window.aisleKept = (() => {
  const KEY = "aisle:unanswered";
  const storage = (() => { try { return window.sessionStorage; } catch { return null; } })();
  const read = () => { try { return JSON.parse(storage?.getItem(KEY) || "{}"); } catch { return {}; } };
  let { messages = [], typed = "" } = read();
  const save = () => { try { storage?.setItem(KEY, JSON.stringify({ messages, typed })); } catch { /* full: this page still has it */ } };
  const plain = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim();

  // What became of each row of the log that holds these words: "answered", "failed", or "" while it is open.
  const DONE = ".aisle-tools, .aisle-answers, .aisle-entry, .aisle-solved";
  const fates = (text) => {
    const rows = [...document.querySelectorAll("#aisle-log .message-row")], wanted = plain(text);
    return rows.flatMap((row, at) => {
      if (!row.matches(".user-row") || plain(row.textContent) !== wanted) return [];
      const next = rows[at + 1];
      if (next?.querySelector(".aisle-failure")) return ["failed"];
      return [next && (next.matches(".user-row") || next.querySelector(DONE)) ? "answered" : ""];
    });
  };
  const answered = (text) => fates(text).filter((fate) => fate === "answered").length;

  return {
    get messages() { return messages; },
    get typed() { return typed; },
    add(text, press = "") {
      const message = { text, press, tries: 0, isSent: false };
      messages.push(message);
      save();
      return message;
    },
    // All that was not sent yet becomes one message with a line each, and counts as sent from here on.
    take(chosen = messages.filter((message) => !message.isSent && !message.isHeld)) {
      if (!chosen.length) return null;
      const text = chosen.map((message) => message.text).join("\n");
      const press = chosen.length === 1 ? chosen[0].press : ""; // among others the words of a button say enough
      const tries = Math.max(...chosen.map((message) => message.tries)) + 1;
      const taken = { text, press, tries, isSent: true, before: answered(text) };
      messages = [...messages.filter((message) => !chosen.includes(message)), taken];
      save();
      return taken;
    },
    // Forgets what the log shows an answer to, and what failed or was held before that: the customer has gone on.
    settle() {
      if (!messages.length) return;
      const isDone = (message) => message.before !== undefined && answered(message.text) > message.before;
      const last = messages.findLastIndex(isDone);
      const left = messages.filter((message, at) => !isDone(message) && !((message.hasFailed || message.isHeld) && at < last));
      const hasChanged = left.length < messages.length;
      messages = left;
      const failed = messages.filter((message) => !message.hasFailed && fates(message.text).at(-1) === "failed");
      for (const message of failed) message.hasFailed = true;
      if (hasChanged || failed.length) save();
    },
    // What was sent and not answered goes along with what is sent next, or is held back until the customer asks for it.
    release() { for (const message of messages) message.isSent = false; save(); },
    hold() { for (const message of messages) message.isHeld = true; save(); },
    renew() { for (const message of messages) Object.assign(message, { isSent: false, isHeld: false, hasFailed: false, tries: 0 }); save(); },
    type(text) { typed = messages.some((message) => message.text === text.trim()) ? "" : text; save(); },
    clear() { messages = []; save(); },
  };
})();
