// A picture that cannot be loaded gives way to the tile with the first letter of its product. Loaded before any picture.
addEventListener("error", ({ target }) => {
  if (!target.matches?.(".aisle-picture img")) return;
  const tile = target.parentElement;
  tile.classList.add("is-empty");
  tile.setAttribute("aria-hidden", "true");
  tile.textContent = tile.dataset.initial;
}, true);
