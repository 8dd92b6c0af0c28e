// Pages work without this. It saves a click here and a reload there.
"use strict";

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});

// A page that the browser kept for "back" may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// What went wrong is read first.
document.querySelector("[data-focus]")?.focus();

// <div id="..." data-poll="/path" data-every="2000">: replaced by the element of the same id in what that path
// answers, until the answer has no data-poll any more; data-next then names where to go.
async function poll(element) {
  const every = Number(element.dataset.every || 2000);
  let fresh = null;
  try {
    const answer = await fetch(element.dataset.poll, { credentials: "same-origin" });
    if (answer.status === 401 || answer.status === 404) {
      location.reload();
      return;
    }
    if (answer.redirected) {
      location.assign(answer.url);
      return;
    }
    if (answer.ok) {
      // The body alone: the head's style belongs to the other page's policy.
      const html = await answer.text();
      const page = new DOMParser().parseFromString(html.slice(html.indexOf("<body")), "text/html");
      fresh = page.getElementById(element.id);
    }
  } catch {
    // The network is away: try again.
  }
  let shown = element;
  if (fresh) {
    shown = document.importNode(fresh, true);
    if (shown.innerHTML !== element.innerHTML) element.replaceWith(shown);
    else shown = fresh.dataset.poll ? element : (element.replaceWith(shown), shown);
    if (shown.dataset.next) {
      location.assign(shown.dataset.next);
      return;
    }
  }
  if (shown.dataset.poll) setTimeout(() => poll(shown), fresh ? every : Math.max(every, 3000));
}
for (const element of document.querySelectorAll("[data-poll]")) {
  setTimeout(() => poll(element), Number(element.dataset.every || 2000));
}
