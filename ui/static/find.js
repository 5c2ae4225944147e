// "Find my order" below a reply: number and address, then the code from the mail. What was entered outlives the log being drawn anew.
(() => {
  const state = { step: "order", order: "", said: "" };
  const forms = () => document.querySelectorAll(".aisle-find");
  const dress = (form) => {
    const all = [...forms()], isLast = all.at(-1) === form && state.step !== "done";
    if (form.hidden === isLast) form.hidden = !isLast;
    if (form.dataset.step === state.step) return;
    form.dataset.step = state.step;
    for (const part of form.querySelectorAll("[data-at]")) {
      part.hidden = part.dataset.at !== state.step;
      for (const input of part.querySelectorAll("input")) input.disabled = part.hidden;
    }
    form.querySelector("[role=status]").textContent = state.said;
    if (state.step === "code") form.querySelector("[name=code]").focus();
  };
  const say = (form, text) => { form.querySelector("[role=status]").textContent = state.said = text; };
  const post = (path, body) => fetch("../api/orders/" + path, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ conversation_id: aisle.known(), ...body }),
  }).catch(() => null);
  const move = (step, said) => { Object.assign(state, { step, said }); forms().forEach(dress); };

  addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".aisle-find")) return;
    event.preventDefault();
    const buttons = form.querySelectorAll("button"), words = form.dataset;
    buttons.forEach((button) => { button.disabled = true; });
    if (state.step === "order") {
      const answer = await post("code", { order: form.order.value.trim(), email: form.email.value.trim() });
      if (answer?.ok) move("code", words.sent);
      else say(form, answer?.status === 429 ? words.often : words.failed);
    } else {
      const answer = await post("proof", { code: form.code.value });
      if (answer?.ok) {
        const { order_id: order } = await answer.json();
        move("done", "");
        aisle.ask(`Where is my order ${order}?`);
      } else say(form, answer?.status === 429 ? words.often : answer?.status === 403 ? words.wrong : words.failed);
    }
    buttons.forEach((button) => { button.disabled = false; });
  });
  addEventListener("click", (event) => {
    if (event.target.matches?.(".aisle-find [data-back]")) move("order", "");
  });
  new MutationObserver(() => forms().forEach(dress)).observe(document, { childList: true, subtree: true });
})();
