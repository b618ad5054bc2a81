// Opens HTML files in Chromium as a phone, a wide screen, light, dark and paper, and tells everything that is wrong with them:
//   node page.mjs --axe AXE.js --profile DIR [--shots DIR] [--mail] FILE…
// --mail: what is looked at is the HTML of mails, not printed and inside of another page. Ends with 1 if anything is wrong.
// It speaks with the browser through a pipe: no port is opened, nothing is installed but axe-core.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const files = [];
const given = {};
for (let args = process.argv.slice(2); args.length; ) {
  const one = args.shift();
  if (one === "--mail") given.mail = true;
  else if (one.startsWith("--")) given[one.slice(2)] = args.shift();
  else files.push(resolve(one));
}
const axe = readFileSync(given.axe, "utf8");

// It is root's in CI: no sandbox. Without the other flags it looks for servers of its own that are not reached here.
const browser = spawn("chromium", [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe", `--user-data-dir=${given.profile}`,
], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
browser.on("exit", (code) => {
  if (!ended) { console.error(`chromium ended by itself (${code})`); process.exit(1); }
});
let ended = false, last = 0, rest = "";
const waiting = new Map(), listeners = new Set();
browser.stdio[4].setEncoding("utf8").on("data", (text) => {
  const parts = (rest + text).split("\0");
  rest = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    const answer = waiting.get(message.id);
    if (answer) {
      waiting.delete(message.id);
      message.error ? answer.no(new Error(JSON.stringify(message.error))) : answer.yes(message.result);
    } else for (const listener of listeners) listener(message);
  }
});
const ask = (method, params = {}, sessionId) => new Promise((yes, no) => {
  const id = ++last;
  waiting.set(id, { yes, no });
  browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
});

// What is looked at in the page itself. Everything that it names is wrong.
function look(narrow, paper) {
  const wrong = [];
  const say = (what, element) => wrong.push(`${what}: ${element.outerHTML.replace(/\s+/g, " ").slice(0, 160)}`);
  const root = document.documentElement;
  const width = root.clientWidth;
  if (root.scrollWidth > width) wrong.push(`the page is ${root.scrollWidth} wide, the screen ${width}`);
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const colour = (text) => {
    const parts = (text.match(/[\d.]+/g) || []).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const c = colour(getComputedStyle(at).backgroundColor);
      if (c.alpha === 1) return c.rgb;
    }
    return getComputedStyle(root).colorScheme.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  let least = 99;
  const hold = (ratio, wanted, element) => {
    least = Math.min(least, ratio);
    if (ratio < wanted - 0.005) say(`contrast ${ratio.toFixed(2)}`, element);
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  // Text, wherever it stands: read well, inside its box, inside the page.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.closest("svg, .skip, [data-preheader]")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    hold(contrast(colour(style.color).rgb, background(element)), large ? 3 : 4.5, element);
    if (size < 9 && !paper) say(`text of ${size} px`, element);
    if (!element.closest(".scroll")) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        if (box.left < -0.5 || box.right > width + 0.5) { say(`text beyond the page (${box.left.toFixed(0)} to ${box.right.toFixed(0)})`, element); break; }
      }
    }
  }
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg") || !shown(element)) continue;
    const style = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && style.display !== "inline") {
      if (style.overflowX === "hidden" || (style.overflowX === "visible" && !element.closest(".scroll"))) say(`overflows (${element.scrollWidth} in ${element.clientWidth})`, element);
    }
    if (paper && style.overflowX === "auto" && element.scrollWidth > element.clientWidth + 1) say("would scroll on paper", element);
  }
  // What cannot be taken away from a box that scrolls: the word it says its row or column with.
  for (const cell of document.querySelectorAll("td, th")) {
    if (shown(cell) && cell.scrollWidth > cell.clientWidth + 1) say(`a cell's text is cut (${cell.scrollWidth} in ${cell.clientWidth})`, cell);
  }
  // Charts: each text against what was drawn under its middle before it; every one inside its picture.
  for (const svg of document.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const box = svg.getBoundingClientRect();
    if (narrow && box.width > 0 && svg.viewBox.baseVal.width / box.width > 1.25) say("a chart drawn for a wider screen", svg);
    const shapes = [...svg.querySelectorAll("rect, path:not(.l), circle, text")];
    shapes.forEach((text, at) => {
      if (text.localName !== "text") return;
      const own = text.getBBox();
      const view = svg.viewBox.baseVal;
      if (own.x < view.x - 6 || own.x + own.width > view.x + view.width + 8) say(`a chart's text reaches out of it (${own.x.toFixed(0)} to ${(own.x + own.width).toFixed(0)} of ${view.width})`, text);
      const point = svg.createSVGPoint();
      point.x = own.x + own.width / 2;
      point.y = own.y + own.height / 2;
      let under = background(svg);
      for (const shape of shapes.slice(0, at)) {
        if (shape.localName !== "text" && shape.isPointInFill(point)) under = colour(getComputedStyle(shape).fill).rgb;
      }
      hold(contrast(colour(getComputedStyle(text).fill).rgb, under), 4.5, text);
    });
  }
  return { wrong, least };
}

const views = [
  { name: "wide light", width: 1280, scheme: "light" },
  { name: "wide dark", width: 1280, scheme: "dark" },
  { name: "phone light", width: 360, scheme: "light" },
  { name: "phone dark", width: 360, scheme: "dark" },
  { name: "small tablet", width: 700, scheme: "light" },
  // The width of A4 within the shipped margins, at 96 pixels an inch.
  { name: "paper", width: 660, scheme: "dark", paper: true },
];

async function view(file, { name, width, scheme, paper }) {
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const here = (method, params) => ask(method, params, sessionId);
  const wrong = [], url = pathToFileURL(file).href;
  let loaded;
  const whole = new Promise((yes) => { loaded = yes; });
  const listener = ({ method, params, sessionId: of }) => {
    if (of !== sessionId) return;
    if (method === "Page.loadEventFired") loaded();
    if (method === "Runtime.consoleAPICalled") wrong.push(`console: ${JSON.stringify(params.args.map((a) => a.value ?? a.description))}`);
    if (method === "Runtime.exceptionThrown") wrong.push(`exception: ${params.exceptionDetails.text}`);
    if (method === "Log.entryAdded" && !(given.mail && params.entry.url?.startsWith("cid:"))) wrong.push(`browser: ${params.entry.text}`);
    if (method === "Network.requestWillBeSent" && params.request.url !== url && !/^(data|cid):/.test(params.request.url)) wrong.push(`asks for ${params.request.url}`);
  };
  listeners.add(listener);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await here(`${domain}.enable`);
  await here("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
  await here("Emulation.setEmulatedMedia", { media: paper ? "print" : "screen", features: [{ name: "prefers-color-scheme", value: scheme }] });
  await here("Page.navigate", { url });
  await whole;
  const value = async (expression) => {
    const { result, exceptionDetails } = await here("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${file}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  const { wrong: seen, least } = await value(`(${look})(${width < 500}, ${Boolean(paper)})`);
  wrong.push(...seen);
  let rules = 0;
  if (!paper) {
    await value(axe);
    // A mail is shown inside of a page of the mail program, whose landmarks are not its own.
    const rules_off = given.mail ? "{ rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } } }" : "{}";
    const said = await value(`axe.run(document, ${rules_off}).then(r => ({ rules: r.passes.length + r.violations.length, broken: r.violations.map(v => \`axe-core, \${v.id} (\${v.nodes.length}): \${v.nodes[0].html.slice(0, 160)} \${v.nodes[0].failureSummary.replace(/\\s+/g, ' ').slice(0, 200)}\`) }))`);
    rules = said.rules;
    wrong.push(...said.broken);
  }
  if (given.shots) {
    const { cssContentSize: size } = await here("Page.getLayoutMetrics");
    const shot = await here("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: Math.min(size.height, 6000), scale: 1 } });
    writeFileSync(`${given.shots}/${basename(file, ".html")}-${name.replace(/ /g, "-")}.png`, Buffer.from(shot.data, "base64"));
    if (paper) {
      const pdf = await here("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
      writeFileSync(`${given.shots}/${basename(file, ".html")}.pdf`, Buffer.from(pdf.data, "base64"));
    }
  }
  listeners.delete(listener);
  await ask("Target.closeTarget", { targetId });
  return { wrong, least, rules };
}

let faults = 0;
for (const file of files) {
  let least = 99, rules = 0;
  for (const one of views) {
    if (given.mail && one.paper) continue;
    const said = await view(file, one);
    least = Math.min(least, said.least);
    rules = Math.max(rules, said.rules);
    faults += said.wrong.length;
    for (const wrong of said.wrong.slice(0, 12)) console.log(`${basename(file)}, ${one.name}: ${wrong}`);
    if (said.wrong.length > 12) console.log(`${basename(file)}, ${one.name}: and ${said.wrong.length - 12} more`);
  }
  console.log(`${basename(file)}: ${views.filter((one) => !(given.mail && one.paper)).length} views, ${rules} rules of axe-core, least contrast of text ${least.toFixed(2)}`);
}
ended = true;
await Promise.race([ask("Browser.close"), new Promise((yes) => browser.once("exit", yes))]);
process.exit(faults ? 1 : 0);
