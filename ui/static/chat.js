// The chat's side of the frame: takes its settings from the fragment, keeps the tab's conversation, talks to the widget.
(() => {
  const KEY = "aisle:conversation", kept = window.aisleKept, MOST_TRIES = 3, SLOW_MS = 8000;
  const shop = JSON.parse(document.currentScript.dataset.look || "{}"), page = document.documentElement;
  const framed = window.parent !== window;
  // Only pages of allowed shops can frame the chat; a link to it must not put words into the shop's mouth.
  const given = new URLSearchParams(framed ? location.hash.slice(1) : "");
  // The widget names the page's origin in the fragment; messages go to and come from that origin alone.
  const host = given.get("origin") || location.origin;
  const tell = (type) => framed && window.parent.postMessage({ type: "aisle:" + type }, host);
  const place = (name) => document.querySelector({ box: "#aisle-box textarea", first: "#aisle-close", last: "#aisle-send" }[name]);
  const storage = (() => { try { return window.sessionStorage; } catch { return null; } })();

  const ABOUT = ["product", "category", "cart"];
  const pick = (from, names) => Object.fromEntries(names.map((name) => [name, String(from[name] || "")]));
  let shopPage = pick(Object.fromEntries(given), ABOUT);

  if (given.has("token") || given.has("greeting")) history.replaceState(null, "", location.pathname + location.search);
  const paint = (name, color) => /^#([0-9a-f]{3}){1,2}$/i.test(color || "") && page.style.setProperty(name, color);
  paint("--accent-light", given.get("color") || shop.color);
  paint("--accent-dark", given.get("night") || shop.colorDark);
  // In the widget the page says whether it is dark; alone the shop's setting does, or else the visitor's system.
  const darken = (theme) => { page.style.colorScheme = theme === "light" || theme === "dark" ? theme : "light dark"; };
  darken(given.get("theme") || shop.theme);
  page.classList.toggle("is-framed", framed);
  const words = (shop.texts || {})[(given.get("language") || shop.language || "").slice(0, 2).toLowerCase()] || (shop.texts || {}).en || {};

  const fill = (text) => {
    const field = place("box");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // Sets Gradio's text box and sends what it holds.
  const ask = (text) => {
    if (!place("box")) return setTimeout(ask, 150, text);
    fill(text);
    setTimeout(() => place("last")?.click(), 60);
  };

  // A reply with cards may be taller than the frame: while it grows the question stays at the top, so that reading begins
  // there, not at the end; it goes out of sight only for what is left of the reply. A visitor who scrolls is left alone
  // until the next question.
  let following = true;
  const follow = (log) => {
    let asked = 0;
    const show = () => {
      const questions = log.querySelectorAll(".user-row");
      if (questions.length !== asked) { asked = questions.length; following = true; }
      kept.settle();
      arrived();
      showDots(log);
      page.classList.toggle("is-new", !asked && !unsent.length);
      log.querySelectorAll(".aisle-cards").forEach(count);
      dress(log);
      people();
      const last = questions[asked - 1], rows = log.querySelectorAll(".message-row"), reply = rows[rows.length - 1];
      if (!following) return;
      if (unsent.length || log.querySelector(".aisle-lost")) log.scrollTop = log.scrollHeight;
      if (!last || unsent.length || log.querySelector(".aisle-lost")) return;
      const [question, answer, frame] = [last, reply, log].map((element) => element.getBoundingClientRect());
      const hidden = Math.min(answer.bottom - question.top - frame.height + 12, answer.top - question.top);
      log.scrollTop += question.top - frame.top - 12 + Math.max(0, hidden);
    };
    // Sizes change without a mutation too: chips come and make the log smaller, pictures and fonts make rows taller.
    const sizes = new ResizeObserver(show);
    sizes.observe(log);
    const changed = () => { for (const child of log.children) sizes.observe(child); show(); };
    new MutationObserver(changed).observe(log, { childList: true, subtree: true, characterData: true });
    log.addEventListener("load", show, true);
    for (const name of ["wheel", "touchmove", "keydown"]) log.addEventListener(name, () => { following = false; }, { passive: true });
  };

  // Cards that do not fit beside each other: which of them is in sight, and buttons to the others.
  const count = (list) => {
    const steps = list.nextElementSibling, cards = [...list.children];
    if (!steps?.matches(".aisle-steps")) return;
    const end = list.scrollWidth - list.clientWidth - 2, [back, label, on] = steps.children;
    const nearest = (best, card, at) => (Math.abs(card.offsetLeft - list.scrollLeft) < Math.abs(cards[best].offsetLeft - list.scrollLeft) ? at : best);
    const at = list.scrollLeft >= end ? cards.length - 1 : cards.reduce(nearest, 0);
    const text = label.dataset.at.replace("{at}", at + 1);
    if (label.textContent !== text) label.textContent = text;
    steps.hidden = end <= 0;
    back.disabled = list.scrollLeft < 2;
    on.disabled = list.scrollLeft >= end;
  };
  const turn = (button) => {
    const list = button.parentElement.previousElementSibling, calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const width = list.firstElementChild.getBoundingClientRect().width;
    list.scrollBy({ left: button.dataset.step * (width + 10), behavior: calm ? "instant" : "smooth" });
  };
  addEventListener("scroll", ({ target }) => { if (target.matches?.(".aisle-cards")) count(target); }, true);
  // A wheel turns the line of chips sideways, as there is nothing else for it to turn.
  addEventListener("wheel", (event) => {
    const chips = event.target.closest?.("#aisle-chips");
    if (chips && !event.deltaX) chips.scrollLeft += event.deltaY;
  }, { passive: true });

  // Until the conversation is there the chat says that it opens, and after a while that this takes long.
  const opening = document.createElement("div");
  opening.id = "aisle-opening";
  opening.setAttribute("role", "status");
  opening.innerHTML = '<p class="aisle-writing"><i></i><i></i><i></i></p><p></p>';
  opening.lastElementChild.textContent = words.opening || "";
  const slow = setTimeout(() => { opening.lastElementChild.textContent = [words.slow, words.reach].filter(Boolean).join("\n"); }, SLOW_MS);
  const opened = () => { clearTimeout(slow); opening.remove(); };
  page.append(opening); // Gradio empties the body

  // Starts the frame anew with what the widget said and who is signed in; the server shows the kept conversation again.
  const restart = () => {
    if (visit) given.set("token", visit);
    given.set("theme", page.style.colorScheme);
    for (const name of ABOUT) given.set(name, shopPage[name]);
    given.set("focus", "box");
    if (framed) history.replaceState(null, "", "#" + given);
    location.reload();
  };

  // Thumbs: kept by the server with the turn, and here, because the log may be drawn anew at any time.
  const ratings = new Map();
  const dress = (log) => {
    for (const time of log.querySelectorAll("time:empty")) {
      const moment = new Date(time.dateTime), isToday = moment.toDateString() === new Date().toDateString();
      time.textContent = moment.toLocaleString([], { ...(isToday ? {} : { day: "numeric", month: "short" }), hour: "numeric", minute: "2-digit" });
    }
    const finished = [...log.querySelectorAll(".aisle-tools")].at(-1)?.dataset.conversation;
    if (finished && finished !== conversation) storage?.setItem(KEY, conversation = finished);
    // Only the change that was shown last can still be answered.
    const replies = log.querySelectorAll(".bot-row"), latest = replies[replies.length - 1];
    for (const answer of log.querySelectorAll(".aisle-answer, .aisle-solved")) answer.hidden = !latest.contains(answer);
    for (const asked of log.querySelectorAll(".aisle-solved")) if (solved.has(asked.dataset.question)) thank(asked);
    for (const [turn, rating] of ratings) {
      for (const thumb of log.querySelectorAll(`[data-turn="${turn}"] [data-rate]`)) {
        const pressed = String(thumb.dataset.rate === rating);
        if (thumb.getAttribute("aria-pressed") !== pressed) thumb.setAttribute("aria-pressed", pressed);
      }
    }
  };
  const rate = async (tools, rating, reason = "") => {
    const turn = +tools.dataset.turn, told = tools.querySelector(".aisle-told"), form = tools.querySelector(".aisle-reason");
    const headers = { "content-type": "application/json", ...(visit ? { authorization: "Bearer " + visit } : {}) };
    const body = JSON.stringify({ conversation_id: storage?.getItem(KEY) || conversation, turn, rating, reason });
    const answer = await fetch("../api/feedback", { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok) ratings.set(turn, rating);
    dress(tools.closest("[role=log]"));
    form.hidden = rating !== "down" || !answer?.ok || Boolean(reason);
    if (!form.hidden) form.querySelector("input").focus();
    told.textContent = answer?.ok ? (rating && (rating === "up" || reason) ? told.dataset.kept : "") : told.dataset.lost;
  };
  // The one question at the end: after the answer the buttons are gone, also where the log is drawn anew.
  const solved = new Set();
  const thank = (asked) => {
    if (!asked.querySelector("button")) return;
    asked.querySelectorAll("button").forEach((button) => button.remove());
    asked.querySelector("span").textContent = asked.dataset.kept;
  };
  const solve = async (clicked) => {
    const asked = clicked.parentElement, headers = { "content-type": "application/json", ...(visit ? { authorization: "Bearer " + visit } : {}) };
    const body = JSON.stringify({ conversation_id: storage?.getItem(KEY) || conversation, question: +asked.dataset.question, solved: clicked.dataset.solved === "true" });
    const answer = await fetch("../api/satisfaction", { method: "POST", headers, body }).catch(() => null);
    if (!answer?.ok) { asked.querySelector("span").textContent = asked.dataset.lost; return; }
    solved.add(asked.dataset.question);
    thank(asked);
  };
  const copy = async (button) => {
    const text = button.closest(".aisle-turn").querySelector(".aisle-bubble").innerText.trim();
    const told = button.parentElement.querySelector(".aisle-told");
    await navigator.clipboard.writeText(text).then(() => { told.textContent = button.dataset.copy; }, () => {});
  };

  // A message stands below the log from the moment it is sent until the server shows it in the log.
  const unsent = [];
  const rows = () => document.querySelectorAll("#aisle-log .user-row").length;
  const awaited = () => unsent.some((message) => !message.isHeld);
  const post = (text, isHeld = false) => {
    const element = document.createElement("p");
    element.className = "aisle-unsent";
    element.textContent = text;
    document.querySelector("#aisle-log [role=log]").append(element);
    unsent.push({ element, text, isHeld, after: Infinity });
    following = true;
    watch();
  };
  const taken = () => { for (const message of unsent) if (!message.isHeld) message.after = Math.min(message.after, rows()); };
  const arrived = () => {
    const isGone = ({ text, isHeld, after }) => rows() > after || (isHeld && !kept.messages.some((message) => message.text === text));
    for (const message of unsent.filter(isGone)) {
      message.element.remove();
      unsent.splice(unsent.indexOf(message), 1);
    }
    if (!unsent.length && !isUnanswered()) document.querySelectorAll(".aisle-lost").forEach((old) => old.remove());
  };
  // Dots below it, until a reply has dots of its own or the server is lost.
  const awaiting = document.createElement("div");
  awaiting.className = "aisle-turn aisle-awaiting";
  awaiting.innerHTML = '<div class="aisle-bubble"><p class="aisle-writing"><i></i><i></i><i></i></p></div>';
  const showDots = (log) => {
    const isShown = awaited() && !log.querySelector(".aisle-lost:not(.is-held), .bot-row .aisle-writing");
    if (!isShown) awaiting.remove();
    else if (awaiting !== log.lastElementChild) log.append(awaiting);
  };

  // While a reply is awaited the server is asked for a sign of life. Without one the chat says how else to reach the shop.
  const isUnanswered = () => {
    const all = document.querySelectorAll("#aisle-log .message-row"), last = all[all.length - 1];
    return Boolean(rows()) && !last.querySelector(".aisle-tools, .aisle-failure, .aisle-answers, .aisle-entry, .aisle-solved");
  };
  const alive = async () => Boolean(await fetch("../healthz", { cache: "no-store", signal: AbortSignal.timeout(8000) }).catch(() => null));
  let timer;
  const watch = () => { clearTimeout(timer); timer = setTimeout(pulse, 2000); };
  const pulse = async () => {
    if (!awaited() && !isUnanswered()) return;
    if ((await alive()) || (await new Promise((done) => setTimeout(done, 1000)), await alive())) return watch();
    if (awaited() || isUnanswered()) offer([`${words.lost} ${words.kept}`, words.reach]);
  };
  // What is not answered can be asked again. If it is the server that is lost, it also goes along with the next message.
  const offer = (lines, isHeld = false) => {
    const notice = document.createElement("div"), text = document.createElement("p"), button = document.createElement("button");
    notice.className = isHeld ? "aisle-lost is-held" : "aisle-lost";
    notice.setAttribute("role", "alert");
    text.textContent = lines.filter(Boolean).join("\n");
    button.type = "button";
    button.textContent = words.again;
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (await alive()) { kept.renew(); restart(); }
      button.disabled = false;
    });
    notice.append(text, button);
    if (!isHeld) kept.release();
    document.querySelectorAll(".aisle-lost").forEach((old) => old.remove());
    document.querySelector("#aisle-log [role=log]").append(notice);
    following = true;
  };
  // After a reload what is not answered is asked again, so often at most that nobody keeps the model busy by coming and going.
  const goOn = async () => {
    const isDrawn = () => document.querySelector("#aisle-log .message-row") && [...document.querySelectorAll("#aisle-log .bot-row")].every((row) => row.querySelector("[class^=aisle-]"));
    for (let left = 100; left && !isDrawn(); left--) await new Promise((done) => setTimeout(done, 50));
    kept.settle();
    kept.release();
    isReady = true;
    if (kept.typed) fill(kept.typed);
    const left = kept.messages;
    if (!left.length) return;
    if (left.every((message) => message.tries < MOST_TRIES && !message.hasFailed)) return send(null);
    kept.hold();
    for (const { text } of left) post(text, true);
    clearTimeout(timer);
    offer([words.unanswered], true);
  };

  // While a conversation waits for a person or has one, its changes are followed, and the chat is shown again as it is stored.
  const people = () => {
    const line = [...document.querySelectorAll("#aisle-log .aisle-answers")].at(-1);
    const state = line?.dataset.state || "", isAttended = state === "waiting" || state === "with_agent";
    if (isAttended && !listening) listen();
    if (!isAttended) { listening?.abort(); listening = null; }
  };
  let listening = null;
  const listen = async () => {
    const mine = (listening = new AbortController()), headers = visit ? { authorization: "Bearer " + visit } : {};
    for (let wait = 500; listening === mine; wait = Math.min(wait * 2, 15000)) {
      const id = encodeURIComponent(storage?.getItem(KEY) || conversation); // the log may be shown before the id is kept
      const answer = id && (await fetch(`../api/conversations/${id}/events`, { headers, signal: mine.signal }).catch(() => null));
      const reader = answer?.ok ? answer.body.pipeThrough(new TextDecoderStream()).getReader() : null;
      for (let part; reader && (part = await reader.read().catch(() => null)) && !part.done; wait = 500) {
        if (part.value.includes("event: changed")) document.querySelector("#aisle-changed")?.click();
      }
      await new Promise((done) => setTimeout(done, wait));
    }
  };
  const resume = async () => {
    const headers = visit ? { authorization: "Bearer " + visit } : {};
    for (let left = 40, answer; left && !answer; left--) {
      const id = encodeURIComponent(storage?.getItem(KEY) || conversation); // the button may be shown before the id is kept
      answer = id && (await fetch(`../api/conversations/${id}/resume`, { method: "POST", headers }).catch(() => null));
      if (!answer) await new Promise((done) => setTimeout(done, 250));
    }
  };
  // A button on a card sends words for the log, and what it stands for; the server looks that up for this visitor.
  const press = (clicked) => send({ text: clicked.dataset.say, press: `${clicked.dataset.press} ${clicked.dataset.id}` });
  // Without a button it is what was kept that is sent again.
  const send = (pressed) => { button = pressed; document.querySelector("#aisle-press")?.click(); };

  let visit = "", conversation = "", button = null, isReady = false;
  window.aisle = {
    // Before the conversation is shown nothing is sent: the greeting would overwrite it.
    take() { if (!isReady) return ""; taken(); return kept.take()?.text || ""; },
    press(text, inputs) { post(text); taken(); kept.take([kept.add(text)]); return aisle.sent(text, inputs); },
    // What the server gets with a message: the page that the shop shows now goes along in the last input, as JSON.
    sent(text, inputs) { return [text, ...aisle.now(inputs)]; },
    now(inputs) { watch(); return [...inputs.slice(0, -1), JSON.stringify({ ...JSON.parse(inputs.at(-1) || "{}"), ...shopPage })]; },
    pressed(inputs) {
      if (!button) for (const { element } of unsent.splice(0)) element.remove();
      const { text, press } = button ? kept.take([kept.add(button.text, button.press)]) : kept.take();
      post(text); taken();
      const [page, ...others] = aisle.now(inputs).reverse();
      return [text, ...others.reverse(), JSON.stringify({ ...JSON.parse(page), press })];
    },
    start() {
      page.lang = "en";
      const log = document.querySelector("#aisle-log [role=log]");
      if (log) { log.setAttribute("aria-live", "polite"); follow(log); }
      const look = pick(Object.fromEntries(given), ["title", "greeting", "logo", "language", "questions"]);
      return [storage?.getItem(KEY) || "", given.get("token") || "", JSON.stringify({ ...look, ...shopPage })];
    },
    // Only now may the page ask: what is shown from here on is not overwritten by the greeting.
    ready(token) {
      visit = token;
      opened();
      tell("ready");
      if (given.has("focus")) place("box")?.focus();
      goOn();
    },
    // The box of the conversation's id may lag behind what the tab has kept.
    changed(inputs) { return [storage?.getItem(KEY) || conversation, ...inputs.slice(1)]; },
    ask,
    known: () => storage?.getItem(KEY) || conversation,
    replied() { kept.settle(); tell("replied"); },
  };
  // What is sent waits until the reply before it is finished; several messages become one with a line each. It leaves the box in
  // the same moment: on a busy machine Gradio learns of it only when the next message is half typed.
  const hold = () => {
    const said = (place("box")?.value || "").trim();
    if (!said) return;
    kept.add(said);
    post(said);
    fill("");
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === place("box")) hold();
  }, true);
  addEventListener("click", (event) => { if (event.target.closest?.("#aisle-send")) hold(); }, true);
  addEventListener("pagehide", () => kept.type(place("box")?.value || ""));

  addEventListener("click", (event) => {
    const clicked = event.target.closest?.("button");
    if (clicked?.id === "aisle-close") tell("close");
    if (clicked?.id === "aisle-new") { storage?.removeItem(KEY); kept.clear(); restart(); }
    if (clicked?.dataset.step) turn(clicked);
    if (clicked?.matches(".aisle-resume")) resume();
    if (clicked?.dataset.copy) copy(clicked);
    if (clicked?.dataset.rate) rate(clicked.parentElement, clicked.getAttribute("aria-pressed") === "true" ? null : clicked.dataset.rate);
    if (clicked?.dataset.solved) solve(clicked);
    if (clicked?.dataset.press) press(clicked);
  });
  addEventListener("submit", (event) => {
    if (!event.target.matches(".aisle-reason")) return;
    event.preventDefault();
    rate(event.target.parentElement, "down", event.target.querySelector("input").value.trim());
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") tell("close"); });
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== host || !event.data) return;
    if (event.data.type === "aisle:focus") place(event.data.at)?.focus();
    if (event.data.type === "aisle:page") shopPage = pick(event.data.page || {}, ABOUT);
    if (event.data.type === "aisle:theme") darken(event.data.dark ? "dark" : "light");
    if (event.data.type === "aisle:ask") ask(String(event.data.text).slice(0, 2000));
  });
})();
