// The heading says what the day is to its reader; the next race to go is open, a link to a race opens
// it, and a button opens all.

// The page may have been made on another day than it is read.
const { day } = document.querySelector(".meetings")?.dataset ?? {};
const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London" }).format(Date.now());
if (day >= today) {
  document.querySelector("h1").textContent = day === today ? "Today" : "Next racing";
}

const races = [...document.querySelectorAll(".race")];

const next = races
  .filter((race) => race.dataset.off && Date.parse(race.dataset.off) > Date.now())
  .sort((a, b) => Date.parse(a.dataset.off) - Date.parse(b.dataset.off))[0];
if (next) {
  next.open = true;
  next.classList.add("next");
} else if (races[0]) {
  races[0].open = true;
}

const openLinked = () => {
  const race = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (race?.matches(".race")) {
    race.open = true;
    race.scrollIntoView();
  }
};
addEventListener("hashchange", openLinked);
openLinked();

const all = document.getElementById("all");
all?.addEventListener("click", () => {
  const open = all.getAttribute("aria-pressed") !== "true";
  for (const race of races) race.open = open;
  all.setAttribute("aria-pressed", String(open));
  all.textContent = open ? "Close all races" : "Open all races";
});
