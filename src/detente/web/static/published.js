// For the site as files: finds products in their table, and says what has changed since a link was made.
const words = document.getElementById("published-words");
if (words) {
  words.disabled = false;
  const rows = [...document.querySelectorAll("#published-products tbody tr")];
  const count = document.getElementById("published-count");
  words.addEventListener("input", () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length} products`;
  });
}

const made = new URLSearchParams(location.search).get("pin");
const here = document.querySelector('meta[name="detente-pin"]')?.content;
if (made && here && made !== here) {
  const names = ["version", "law to", "ledger", "world", "study", "data"];
  const [then, now] = [made.split("~"), here.split("~")];
  const differing = names.map((name, at) => [name, then[at] || "", now[at] || ""]).filter(([, a, b]) => a !== b);
  const notice = document.createElement("aside");
  notice.className = "notice";
  notice.textContent = `This link was made with other facts: ${differing
    .map(([name, a, b]) => `${name} ${a.slice(0, 10) || "none"} then, ${b.slice(0, 10) || "none"} here`)
    .join("; ")}. For exactly what it showed: pip install "detente[web]==${then[0]}"`;
  document.getElementById("main")?.prepend(notice);
}
