// What must hold of every page, as its reader's browser sees it. Answers with what does not.
const wrong = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const named = (element) => element.outerHTML.slice(0, 120);
if (!/^(zh-CN|en)$/.test(document.documentElement.lang)) wrong.push("no language");
if (!document.title) wrong.push("no title");
if (all("h1").length !== 1) wrong.push(all("h1").length + " h1");
if (all("main").length !== 1) wrong.push("no main");
let level = 1;
for (const heading of all("h1, h2, h3, h4")) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) wrong.push("a level is left out before " + named(heading));
  level = own;
}
for (const field of all("input:not([type=hidden]), select, textarea")) {
  if (field.labels.length === 0 && !field.ariaLabel) wrong.push("no label: " + named(field));
}
for (const button of all("button, a")) {
  const name = (button.ariaLabel || button.textContent).trim();
  if (!button.hidden && !name) wrong.push("no name: " + named(button));
}
for (const image of all("img")) {
  if (!image.hasAttribute("alt")) wrong.push("no alternative: " + named(image));
}
for (const chart of all("figure svg")) {
  if (chart.getAttribute("role") !== "img") wrong.push("a chart without a role");
  if (!chart.hasAttribute("aria-labelledby")) wrong.push("a chart without a name");
}
const ids = all("[id]").map((element) => element.id);
ids.filter((id, n) => ids.indexOf(id) !== n).forEach((id) => wrong.push("twice: #" + id));
for (const attribute of ["aria-describedby", "aria-labelledby", "for", "form"]) {
  for (const element of all(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(" ")) {
      if (!document.getElementById(id)) wrong.push(`${attribute} leads nowhere: ` + named(element));
    }
  }
}
for (const link of all("a[href^='#']")) {
  if (!document.querySelector(link.getAttribute("href"))) wrong.push("nowhere: " + named(link));
}
if (all("[style], style").length) wrong.push("styles in the page");

// Contrast, WCAG 2: 4.5 to 1, or 3 to 1 for large letters.
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => {
  const linear = [r, g, b].map((c) => c / 255).map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = channels(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text = walker.nextNode(); text; text = walker.nextNode()) {
  const element = text.parentElement;
  if (!text.data.trim() || !element.checkVisibility() || element.closest("svg, script")) continue;
  const style = getComputedStyle(element);
  const [one, other] = [light(channels(style.color)), light(ground(element))];
  const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (contrast < (large ? 3 : 4.5)) wrong.push(`contrast ${contrast.toFixed(2)}: ${named(element)}`);
}

// A narrow page is read without going sideways; what must be wide goes sideways within itself.
if (document.documentElement.scrollWidth > innerWidth) {
  const wide = all("main *, header *").filter((element) =>
    element.getBoundingClientRect().right > innerWidth && !element.closest(".scroll"));
  wrong.push("wider than the window: " + wide.slice(0, 3).map(named).join(" | "));
}

// The name of a row is read in lines, and not letter by letter.
for (const head of all(".scroll tbody th")) {
  const letter = parseFloat(getComputedStyle(head).fontSize);
  const { width } = head.getBoundingClientRect();
  if (head.textContent.trim().length > 8 && width < 6 * letter) wrong.push("narrow: " + named(head));
}

// Nothing is asked of anybody else, and nothing was refused by the page's own policy.
for (const entry of performance.getEntriesByType("resource")) {
  if (new URL(entry.name).origin !== location.origin) wrong.push("asks " + entry.name);
}
const observer = new ReportingObserver(() => {}, { types: ["csp-violation"], buffered: true });
observer.observe();
for (const report of observer.takeRecords()) wrong.push("refused: " + report.body.blockedURL);
return wrong;
