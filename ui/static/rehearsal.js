// The team lead's rehearsal: sends what is written, looks until the rehearsal is done, and publishes. Texts are fragments of the server.
(() => {
  const { root } = document.body.dataset, here = `${root}/desk/rehearsal`, $ = (id) => document.getElementById(id), changes = ["policy", "page_id", "page", "adapter", "settings"];
  const ask = async (path, body) => {
    const sent = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(`${here}/${path}`, sent).catch(() => null), said = await answer?.json().catch(() => null);
    $("trouble").textContent = answer?.ok ? "" : said?.error?.message || "The server cannot be reached.";
    return answer?.ok ? said : null;
  };
  const draft = () => Object.fromEntries(changes.map((id) => [id, $(id).value]));
  const show = (said) => {
    if (!said) return;
    $("outcome").innerHTML = said.outcome; // escaped by the server
    $("run").disabled = said.running;
    if (said.running) setTimeout(async () => show((await ask("outcome")) ?? said), 1000); // a lost answer is asked for again
  };
  $("run").addEventListener("click", async () => {
    show(await ask("run", { script: $("script").value, draft: draft() }));
  });
  $("pick").addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = await ask("pick", { conversation: $("conversation").value, name: $("name").value });
    if (said) $("script").value = `${$("script").value.trimEnd()}\n${said.text}`.trimStart();
  });
  $("outcome").addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = await ask("publish", { draft: draft(), reason: $("reason")?.value || "" });
    if (said) changes.forEach((id) => { $(id).value = ""; }); // the shop has it now
    show(said);
  });
  ask("outcome").then(show);
})();
