// Aisle's chat for a shop's page. One line: <script src="https://chat.example/widget.js" data-title="Ask us" async></script>
(() => {
  const me = document.currentScript, shop = /*shop*/ {};
  const set = { ...shop, ...me.dataset }, home = new URL(set.src || me.src, location.href), base = home.origin;
  const side = set.position === "left" ? "left" : "right";
  const hex = (text) => (/^#([0-9a-f]{3}){1,2}$/i.test(text || "") ? text : "");
  const color = hex(set.color) || hex(shop.color) || "#2b4a6f", night = hex(set.colorDark) || (hex(me.dataset.color) ? color : hex(shop.colorDark)) || color;
  const texts = shop.texts || {}, [name, opening, closing, lost, reach, again, refused] = texts[(set.language || "").slice(0, 2).toLowerCase()] || texts.en || ["Shopping assistant", "Open chat: {title}", "Close chat: {title}", "The assistant cannot be reached at the moment.", "", "Try again", "Add {origin} to AISLE_ALLOWED_ORIGINS."];
  const title = set.title || name, KEY = "aisle:open";
  const remember = (open) => { try { sessionStorage.setItem(KEY, open ? "1" : ""); } catch {} };
  const remembered = () => { try { return sessionStorage.getItem(KEY) === "1"; } catch { return false; } };

  const host = document.createElement("aisle-chat");
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>
:host{all:initial;--c:${color}}
:host([dark]){--c:${night}}
*{box-sizing:border-box}
section~button{position:fixed;${side}:max(20px,env(safe-area-inset-${side}));bottom:max(20px,env(safe-area-inset-bottom));z-index:2147483000;width:60px;height:60px;border:0;border-radius:50%;background:var(--c);color:#fff;color:oklch(from var(--c) clamp(0,(.57 - l)*1e3,1) 0 0);cursor:pointer;box-shadow:0 10px 28px -8px #0008;transition:transform .16s}
section~button:hover{transform:translateY(-2px)}
button:focus-visible{outline:3px solid var(--c);outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{display:block;margin:auto}
i{position:absolute;top:3px;right:3px;width:14px;height:14px;border:2px solid #fff;border-radius:50%;background:#d9552b}
section{position:fixed;${side}:20px;bottom:94px;z-index:2147483001;width:min(410px,calc(100vw - 40px));height:min(690px,calc(100vh - 118px));border-radius:20px;overflow:hidden;background:#fbf9f6;box-shadow:0 24px 70px -18px #0007,0 0 0 1px #0001;animation:rise .18s ease-out}
:host([dark]) section{background:#17191c;box-shadow:0 24px 70px -18px #000,0 0 0 1px #fff2}
article{position:absolute;inset:0;display:grid;place-content:center;gap:14px;padding:28px;text-align:center;font:16px/1.5 system-ui,sans-serif;color:#23292c;background:#fbf9f6;overflow-wrap:anywhere}
:host([dark]) article{color:#ecebe8;background:#17191c}
article p{margin:0;white-space:pre-line}
article div{display:flex;justify-content:center;gap:10px}
article button{padding:8px 18px;border:1px solid #8a8f94;border-radius:99px;background:none;color:inherit;font:inherit;cursor:pointer}
iframe{display:block;width:100%;height:100%;border:0}
[hidden],[aria-expanded=true] path:not(:last-child),[aria-expanded=false] path:last-child{display:none!important}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
@media(max-width:520px){section{inset:0;width:100%;height:100%;height:100dvh;border-radius:0}section:not([hidden])~button{display:none}}
@media(prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
</style><section role="dialog" aria-modal="true" hidden><b tabindex="0"></b><b tabindex="0"></b><article role="alert" hidden><p></p><div><button type="button"></button><button type="button">&#10005;</button></div></article></section><button type="button" aria-expanded="false" aria-haspopup="dialog"><svg width="28" height="28" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M20 11.5a7.5 7.5 0 0 1-11 6.6L4 19.5l1.4-4.2A7.5 7.5 0 1 1 20 11.5Z"/><path d="M9 10.4h7M9 13.4h4.5"/><path d="m6 9 6 6 6-6"/></svg><i hidden></i></button>`;
  const [panel, button, dot] = ["section", "section~button", "i"].map((tag) => root.querySelector(tag));
  const notice = root.querySelector("article"), [retry, shut] = notice.querySelectorAll("button"), [, inside] = panel.children;
  panel.setAttribute("aria-label", title);
  let frame, ready, dark, waiting = [], at = me.dataset;

  // Which page of the shop this is. A shop of a single page says it anew on each change: what a call leaves out is not there.
  const pageNow = () => Object.fromEntries(["product", "category", "cart"].map((key) => [key, [at[key] ?? ""].flat().join("|")]));
  const update = (page) => { at = page || {}; if (ready) send({ type: "aisle:page", page: pageNow() }); };

  // Dark mode: the page's own background decides, or where it has none the browser's, which is dark only if the page allows it.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pageIsDark = () => {
    for (const element of [document.body, document.documentElement]) {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = getComputedStyle(element).backgroundColor;
      paint.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data;
      if (alpha > 127) return 0.299 * red + 0.587 * green + 0.114 * blue < 110;
    }
    const allowed = getComputedStyle(document.documentElement).colorScheme;
    return allowed.includes("dark") && (system.matches || !allowed.includes("light"));
  };
  const look = () => {
    const before = dark;
    dark = set.theme === "dark" || (set.theme !== "light" && (set.theme === "system" ? system.matches : pageIsDark()));
    host.toggleAttribute("dark", dark);
    if (ready && dark !== before) send({ type: "aisle:theme", dark });
  };

  const send = (data) => (ready ? frame.contentWindow.postMessage(data, base) : waiting.push(data));
  const label = () => button.setAttribute("aria-label", (panel.hidden ? opening : closing).replace("{title}", () => title));
  const site = home.href.replace(/[?#].*/, "").replace(/\/(widget\.js)?$/, "");
  const tell = (text, canRetry) => {
    notice.firstChild.textContent = text;
    retry.hidden = !canRetry;
    notice.hidden = false;
    if (!panel.hidden) (canRetry ? retry : shut).focus();
  };
  // A frame that stays silent is looked into: the server is lost, or does not let this page show the chat.
  const examine = async (silent) => {
    const answer = await fetch(site + "/api/embedding", { signal: AbortSignal.timeout(8000) }).then((got) => got.json(), () => null);
    if (ready || silent !== frame) return;
    if (!answer) return tell([lost, reach].filter(Boolean).join("\n"), true);
    if (answer.allowed) return setTimeout(examine, 4000, silent);
    const hint = refused.replace("{origin}", () => location.origin);
    console.error("Aisle: " + hint);
    tell(hint, false);
  };
  const load = () => {
    const hash = new URLSearchParams({ origin: location.origin, title, color, night, theme: dark ? "dark" : "light", ...pageNow() });
    for (const key of ["token", "greeting", "logo", "language", "questions"]) if (me.dataset[key]) hash.set(key, me.dataset[key]);
    frame = document.createElement("iframe");
    frame.title = title;
    frame.allow = "clipboard-write";
    frame.src = site + "/chat/#" + hash;
    inside.before(frame);
    setTimeout(examine, 2000, frame);
  };
  const toggle = (open, focus = true) => {
    if (open && !frame) load();
    panel.hidden = !open;
    host.toggleAttribute("open", open); // for the page's style sheet
    dot.hidden = true;
    button.setAttribute("aria-expanded", open);
    label();
    remember(open);
    if (open && focus) send({ type: "aisle:focus", at: "box" });
    if (!open && focus) button.focus();
  };

  // Focus stays in the panel while it is open: past either end it comes round to the other.
  const wrap = (at) => () => { if (!notice.hidden) return shut.focus(); frame.focus(); send({ type: "aisle:focus", at }); };
  panel.firstChild.addEventListener("focus", wrap("last"));
  inside.addEventListener("focus", wrap("first"));
  retry.textContent = again;
  shut.setAttribute("aria-label", closing.replace("{title}", () => title));
  shut.addEventListener("click", () => toggle(false));
  retry.addEventListener("click", () => { notice.hidden = true; frame.remove(); ready = false; load(); });
  button.addEventListener("click", () => toggle(panel.hidden));
  root.addEventListener("keydown", (event) => event.key === "Escape" && !panel.hidden && toggle(false));
  document.addEventListener("aisle:ask", (event) => {
    toggle(true);
    if (event.detail) send({ type: "aisle:ask", text: String(event.detail) });
  });
  addEventListener("message", (event) => {
    if (!frame || event.origin !== base || event.source !== frame.contentWindow) return;
    const type = (event.data || {}).type;
    if (type === "aisle:ready") { ready = notice.hidden = true; send({ type: "aisle:theme", dark }); update(at); waiting.splice(0).forEach(send); }
    if (type === "aisle:close") toggle(false);
    if (type === "aisle:replied" && panel.hidden) dot.hidden = false;
  });
  label();
  if (window.aisleSettings) update(window.aisleSettings);
  window.aisle = { update };
  const attach = () => {
    document.body.append(host);
    look();
    for (const element of [document.documentElement, document.body]) new MutationObserver(look).observe(element, { attributes: true });
    document.addEventListener("transitionend", (event) => event.propertyName === "background-color" && look());
    system.addEventListener("change", look);
    if (remembered() && innerWidth > 520) toggle(true, false);
  };
  document.body ? attach() : addEventListener("DOMContentLoaded", attach);
})();
