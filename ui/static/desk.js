// The agents' desk: follows changes, puts the server's fragments in place, and gives every act a key. Typed text is never replaced.
(() => {
  const { root, conversation } = document.body.dataset;
  const $ = (selector) => document.querySelector(selector), box = $("#box"), timeline = $("#timeline");
  const here = `${root}/desk/c/${encodeURIComponent(conversation)}`;
  const DRAFT = `aisle:desk:${conversation}`;

  const complain = (text) => { const place = $("#trouble"); if (place) place.textContent = text; };
  const ask = async (path, body, told = complain) => {
    const sent = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(path, sent).catch(() => null);
    if (answer?.status === 401) location.assign(`${root}/desk`);
    if (answer?.ok) { told(""); return answer; }
    const why = await answer?.json().catch(() => null);
    told(why?.error?.message || "The server cannot be reached. What you wrote is kept.");
    return null;
  };

  // Fragments. Opened details stay open, and the conversation stays at its end if it was there.
  const put = (name, html) => {
    const place = document.getElementById(name);
    if (!place || place.dataset.html === html) return;
    const open = new Map([...place.querySelectorAll("details[data-id]")].map((each) => [each.dataset.id, each.open]));
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const again = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.dataset.id ? `[data-id="${CSS.escape(focused.dataset.id)}"]` : "");
    const isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 60;
    place.innerHTML = place.dataset.html = html;
    for (const each of place.querySelectorAll("details[data-id]")) if (open.has(each.dataset.id)) each.open = open.get(each.dataset.id);
    if (again) place.querySelector(again)?.focus();
    if (name === "timeline" && isAtEnd) place.scrollTop = place.scrollHeight;
    dress();
  };
  const dress = () => {
    for (const time of document.querySelectorAll("time:empty")) time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    for (const link of document.querySelectorAll("#queue a")) {
      if (link.dataset.id === conversation) link.setAttribute("aria-current", "page");
    }
  };
  const place = (parts) => { for (const [name, html] of Object.entries(parts)) put(name, html); };
  const show = async (answer) => { if (answer) place(await answer.json()); };
  const look = async () => { if (conversation) await show(await ask(`${here}/parts`)); };
  const line = async () => { const answer = await ask(`${root}/desk/queue`); if (answer) put("queue", await answer.text()); };

  // Changes of any case refresh the queue, those of the open one refresh it too.
  const live = $("#live");
  let due = 0;
  const source = new EventSource(`${root}/desk/events`);
  source.addEventListener("changed", ({ data }) => {
    const id = JSON.parse(data);
    if (!id || id === conversation) look();
    clearTimeout(due);
    due = setTimeout(line, 60);
  });
  source.onopen = () => { live.textContent = "Live"; live.classList.remove("is-lost"); };
  source.onerror = () => { live.textContent = "Connecting…"; live.classList.add("is-lost"); line(); }; // which leads to the sign-in page if the session has ended
  setInterval(line, 30000); // minutes pass without a change

  // Acts.
  const move = async (name, body = {}) => {
    if (name === "take") box.focus(); // at once: what is typed next is a message, not keys
    const answer = await ask(`${here}/move/${name}`, body);
    await show(answer);
    line();
  };
  let began = 0;
  const send = async () => {
    const text = box.value.trim();
    if (!text) return;
    const answer = await ask(`${here}/say`, { text, ...drafts.sent(text) });
    if (!answer) return;
    box.value = "";
    keep();
    drafts.forget();
    await show(answer);
    timeline.scrollTop = timeline.scrollHeight;
  };
  const note = async () => {
    if (!box.value.trim()) return box.focus();
    const answer = await ask(`${here}/note`, { text: box.value });
    if (!answer) return;
    box.value = "";
    keep();
    await show(answer);
    timeline.scrollTop = timeline.scrollHeight;
  };
  const insert = (text) => {
    const before = box.value.slice(0, box.selectionStart), after = box.value.slice(box.selectionEnd), at = box.selectionStart;
    const gap = before && !/\s$/.test(before) ? " " : "";
    box.setRangeText(gap + text + (after && !/^\s/.test(after) ? " " : ""), at, at, "end"); // a selection is not replaced either
    keep();
    box.focus();
  };
  const keep = () => { try { box.value ? sessionStorage.setItem(DRAFT, box.value) : sessionStorage.removeItem(DRAFT); } catch { /* private windows keep nothing */ } };

  // Drafts: which one was put into the box, and how long it took until the message was sent.
  const drafts = (() => {
    let used = 0;
    const at = (place) => document.querySelectorAll("#drafts [data-draft]")[place - 1];
    const text = (draft) => draft.querySelector(".text").textContent;
    return {
      use(place) { const draft = at(place); if (draft) { used = +draft.dataset.draft; insert(text(draft)); } },
      async send(place) {
        const draft = at(place);
        if (!draft) return;
        if (box.value.trim()) return drafts.use(place);
        used = +draft.dataset.draft;
        box.value = text(draft);
        await send();
      },
      async refuse(place) { await show(await ask(`${here}/drafts/refuse`, { draft: place ? +at(place)?.dataset.draft || 0 : 0 })); },
      sent() { return { draft: used, seconds: began ? Math.round((Date.now() - began) / 100) / 10 : 0 }; },
      forget() { used = 0; began = Date.now(); },
    };
  })();

  // Canned replies.
  const list = $("#canned");
  const offer = async () => {
    const answer = await ask(`${here}/canned`);
    if (!answer) return;
    list.replaceChildren(...(await answer.json()).map(({ name, text }) => {
      const option = document.createElement("button"), title = document.createElement("b"), words = document.createElement("span");
      option.type = "button";
      option.setAttribute("role", "option");
      title.textContent = name;
      words.textContent = text;
      option.append(title, words);
      option.addEventListener("click", () => { list.hidden = true; insert(text); });
      return option;
    }));
    list.hidden = false;
    list.firstElementChild?.focus();
  };
  list?.addEventListener("keydown", (event) => {
    const options = [...list.children], now = options.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); options[(now + step + options.length) % options.length].focus(); }
    if (event.key === "Escape") { list.hidden = true; box.focus(); event.stopPropagation(); }
    if (event.key.length === 1 && /\S/.test(event.key)) options.find((each) => each.textContent.startsWith(event.key.toLowerCase()))?.focus();
  });

  // Windows.
  const closing = $("#closing"), transfer = $("#transfer");
  closing.addEventListener("close", () => {
    const reason = closing.returnValue === "other" ? closing.querySelector("[name=other]").value.trim() : closing.returnValue;
    if (reason) move("close", { reason });
  });
  transfer.addEventListener("close", () => { if (transfer.returnValue) move("transfer", { to: transfer.returnValue, reason: transfer.querySelector("[name=word]").value }); });
  const open = (dialog) => { dialog.returnValue = ""; dialog.showModal(); dialog.querySelector(".choices button")?.focus(); };
  const give = async () => {
    const answer = await ask(`${root}/desk/agents`);
    if (!answer) return;
    const others = await answer.json();
    $("#agents").replaceChildren(...others.map(({ id, name }, place) => {
      const button = document.createElement("button"), key = document.createElement("kbd");
      button.value = id;
      key.textContent = place + 1;
      button.append(key, ` ${name}`);
      return button;
    }));
    if (!others.length) $("#agents").textContent = "No other desk is open.";
    open(transfer);
  };
  for (const dialog of [closing, transfer]) dialog.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || !/^[1-9]$/.test(event.key)) return;
    dialog.querySelectorAll(".choices button")[event.key - 1]?.click();
  });
  const why = () => { const all = timeline?.querySelectorAll("details"), last = all?.[all.length - 1]; if (last) { last.open = !last.open; last.scrollIntoView({ block: "nearest" }); last.querySelector("summary").focus(); } };
  const step = (by) => {
    const links = [...document.querySelectorAll("#queue a")], now = links.findIndex((each) => each === document.activeElement);
    const start = now >= 0 ? now : links.findIndex((each) => each.dataset.id === conversation);
    links[Math.max(0, Math.min(links.length - 1, start + by))]?.focus();
  };
  const can = (name) => document.querySelector(`#head [data-move="${name}"], #head [data-do="${name}"]`);
  const press = (name) => can(name)?.click();
  const acts = { help: () => $("#help").showModal(), note, close: () => open(closing), transfer: give, cancel: (button) => button.closest("dialog").close(""), refuse: () => drafts.refuse(0) };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.move) move(button.dataset.move);
    else if (button?.dataset.do) acts[button.dataset.do]?.(button);
    else if (button?.dataset.use) drafts.use(+button.dataset.use);
    else if (button?.dataset.sendDraft) drafts.send(+button.dataset.sendDraft);
    else if (button?.dataset.refuse) drafts.refuse(+button.dataset.refuse);
  });
  $("#compose")?.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  box?.addEventListener("input", keep);
  box?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) { event.preventDefault(); send(); }
    if (event.key === "/" && !box.value) { event.preventDefault(); offer(); }
    if (event.key === "Escape") box.blur();
  });
  const KEYS = { t: () => press("take"), b: () => press("hand_back"), r: () => press("release"), f: () => press("transfer"), c: () => press("close"), n: note, m: () => box?.focus(), w: why, o: () => document.querySelector("#side [data-act]:enabled")?.focus(), j: () => step(1), k: () => step(-1), "?": acts.help };
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const digit = /^Digit([1-3])$/.exec(event.code)?.[1];
    if (event.altKey && digit) { event.preventDefault(); return event.shiftKey ? drafts.send(+digit) : drafts.use(+digit); }
    if (event.altKey && event.code === "KeyX") { event.preventDefault(); return drafts.refuse(0); }
    const typing = event.target.matches("textarea, input, select"), modified = event.ctrlKey || event.metaKey || event.altKey;
    if (typing || modified || !conversation && !"jk?".includes(event.key)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (act && !event.target.closest("#canned")) { event.preventDefault(); act(); }
  });

  window.desk = { ask, show: place, insert, here };
  dress();
  if (box) {
    try { box.value = sessionStorage.getItem(DRAFT) || ""; } catch { /* private windows keep nothing */ }
    timeline.scrollTop = timeline.scrollHeight;
    began = Date.now();
    if (!can("take")) box.focus();
  }
})();
