// Everything works without this. It shows the button that prints, leads to the errors of a form,
// and keeps a form from being sent twice.
"use strict";
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const errors = document.getElementById("errors");
if (errors) {
  errors.focus();
}
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-download")) {
    return;
  }
  if (sent.has(form)) {
    event.preventDefault();
  }
  sent.add(form);
  setTimeout(() => sent.delete(form), 5000);
});
window.addEventListener("pageshow", (event) => {
  // A page that comes back from the browser's memory may send its forms again.
  if (event.persisted) {
    location.reload();
  }
});
