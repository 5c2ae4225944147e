// The agent's own words, reworded: shown beneath the box, and put in their place only when the agent takes them.
(() => {
  const { desk } = window, box = document.querySelector("#box"), row = document.querySelector("#wishes"), shown = document.querySelector("#reworded");
  if (!box) return;
  const NAMES = { shorter: ["Shorter", "KeyS", "Alt+S"], friendlier: ["Friendlier", "KeyY", "Alt+Y"], grammar: ["Fix grammar", "KeyG", "Alt+G"] };
  const text = shown.querySelector(".text"), keys = new Map();
  let from = "";

  const reword = async (wish) => {
    if (!box.value.trim() || row.dataset.busy) return box.focus();
    from = box.value;
    row.dataset.busy = wish;
    const answer = await desk.ask(`${desk.here}/reword`, { text: from, wish });
    delete row.dataset.busy;
    if (!answer || box.value !== from) return; // typed on meanwhile: what is in the box counts
    text.textContent = (await answer.json()).text;
    shown.hidden = text.textContent === from;
    if (!shown.hidden) shown.querySelector("[data-take]").focus();
  };
  const leave = () => { shown.hidden = true; box.focus(); };
  shown.addEventListener("click", (event) => {
    if (event.target.closest("[data-take]")) {
      box.focus();
      box.select();
      document.execCommand("insertText", false, text.textContent); // unlike an assignment, Ctrl+Z takes it back
      leave();
    } else if (event.target.closest("[data-leave]")) leave();
  });
  shown.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); leave(); } });
  box.addEventListener("input", () => { shown.hidden = true; });
  document.addEventListener("keydown", (event) => {
    const wish = keys.get(event.code);
    if (event.altKey && !event.shiftKey && wish) { event.preventDefault(); reword(wish); }
  });

  desk.ask(`${desk.here}/wishes`).then(async (answer) => {
    for (const wish of answer ? await answer.json() : []) {
      const [name, code, key] = NAMES[wish], button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.title = key;
      button.addEventListener("click", () => reword(wish));
      keys.set(code, wish);
      row.append(button);
    }
  });
})();
