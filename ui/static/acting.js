// Orders at the desk: opens the form of a change, shows the change, and sends the agent's yes or no. desk.js has the rest.
(() => {
  const dialog = document.querySelector("#acting"), place = document.querySelector("#act");
  if (!dialog) return;
  const { ask, show, insert, here } = window.desk;
  const complain = (text) => { const line = document.querySelector("#act-trouble"); if (line) line.textContent = text; };
  const fill = (html) => {
    place.innerHTML = html;
    if (!dialog.open) dialog.showModal();
    place.querySelector("input, select, .main")?.focus();
  };
  const open = async ({ act, order }) => {
    const answer = await ask(`${here}/act/${act}?order=${encodeURIComponent(order)}`);
    if (answer) fill(await answer.text());
  };

  // The form as the typed request that the chat makes too.
  const wanted = (form) => {
    const request = { kind: form.dataset.kind, order: form.dataset.order };
    const address = form.querySelectorAll("[data-address]");
    if (address.length) request.address = Object.fromEntries([...address].map((field) => [field.name, field.value.trim()]));
    for (const field of form.querySelectorAll("[name=reason], [name=payment_method], [name=refund_to]")) request[field.name] = field.value;
    const rows = [...form.querySelectorAll("[data-product]")].filter((row) => +row.querySelector("input").value > 0);
    const pieces = rows.map((row) => ({ product_id: row.dataset.product, quantity: +row.querySelector("input").value }));
    if (request.kind === "return") request.items = pieces;
    if (request.kind === "exchange" || request.kind === "change_items") {
      request.swaps = pieces.map((each, at) => ({ ...each, new_product_id: rows[at].querySelector("select").value }));
    }
    return request;
  };
  const propose = async (form) => {
    const answer = await ask(`${here}/propose`, { request: wanted(form) }, complain);
    if (answer) fill(await answer.text());
  };
  const decide = async (button) => {
    for (const each of place.querySelectorAll("[data-answer]")) each.disabled = true; // the server runs it once, whatever is pressed
    const proposal = document.querySelector("#proposal").dataset.proposal;
    const answer = await ask(`${here}/answer`, { proposal, answer: button.dataset.answer }, complain);
    for (const each of place.querySelectorAll("[data-answer]")) each.disabled = false;
    if (!answer) return;
    const { act, said, parts } = await answer.json();
    if (act) return fill(act);
    dialog.close();
    show(parts);
    if (said) insert(said); // for the customer, if the agent sends it
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.act) open(button.dataset);
    if (button?.dataset.do === "leave") dialog.close();
    if (button?.dataset.answer) decide(button);
  });
  place.addEventListener("submit", (event) => { event.preventDefault(); propose(event.target); });
})();
