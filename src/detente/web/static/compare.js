// Sliders: ask the server for the moved scenario, newest question first, and keep the address in step.
const form = document.getElementById("levers");
const place = document.getElementById("answer");

if (form && place) {
  let latest = 0;
  let waiting = 0;
  let running = null;

  const asked = () => new URLSearchParams(new FormData(form)).toString();

  const show = (input) => {
    const output = form.querySelector(`output[for="${input.id}"]`);
    if (output && input.type === "range") output.textContent = `${input.value} ${input.dataset.unit}`;
  };

  const solve = async () => {
    const turn = ++latest;
    running?.abort();
    running = new AbortController();
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/compare/answer?${asked()}`, { signal: running.signal });
      if (answer.status === 503) {
        const seconds = Number(answer.headers.get("Retry-After")) || 2;
        place.firstElementChild?.replaceWith(words(`The server is busy; asking again in ${seconds} s.`));
        setTimeout(() => { if (turn === latest) solve(); }, 1000 * seconds);
        return;
      }
      const text = await answer.text();
      if (turn !== latest) return;
      const found = new DOMParser().parseFromString(text, "text/html");
      if (answer.ok) {
        place.replaceChildren(...found.body.childNodes);
        history.replaceState(null, "", `/compare?${asked()}`);
      } else {
        place.replaceChildren(words(found.querySelector(".notice b")?.textContent ?? "This point has no answer."));
      }
    } catch (problem) {
      if (problem.name !== "AbortError") place.replaceChildren(words("The server does not answer."));
    } finally {
      if (turn === latest) place.removeAttribute("aria-busy");
    }
  };

  const words = (text) => Object.assign(document.createElement("p"), { className: "note", textContent: text });

  form.addEventListener("input", (event) => {
    show(event.target);
    clearTimeout(waiting);
    waiting = setTimeout(solve, 160);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); solve(); });
}
