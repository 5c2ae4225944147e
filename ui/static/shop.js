// The shop page's own questions: each opens the widget and asks.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) document.dispatchEvent(new CustomEvent("aisle:ask", { detail: button.dataset.ask }));
});
