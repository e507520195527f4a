/** The report's script: traces are stepped through by keys and buttons. Without it all steps are shown. */
export const SCRIPT = `
"use strict";
for (const steps of document.querySelectorAll(".steps")) {
  const items = [...steps.querySelectorAll("li")];
  if (items.length === 0) continue;
  const [back, on] = steps.querySelectorAll("button");
  const told = steps.querySelector("output");
  let at = 0;
  const show = (index) => {
    at = Math.max(0, Math.min(items.length - 1, index));
    items.forEach((item, number) => {
      if (number === at) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    // A button that is disabled while it has the focus would lose it.
    back.setAttribute("aria-disabled", String(at === 0));
    on.setAttribute("aria-disabled", String(at === items.length - 1));
    told.textContent = "stage " + (at + 1) + " of " + items.length;
  };
  steps.classList.add("stepping");
  steps.addEventListener("click", (event) => {
    const step = event.target.dataset?.step;
    if (step !== undefined) show(at + Number(step));
  });
  steps.addEventListener("keydown", (event) => {
    const keys = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(keys[event.key]);
  });
  show(0);
}
addEventListener("beforeprint", () => {
  for (const trace of document.querySelectorAll(".trace")) {
    trace.dataset.open = String(trace.open);
    trace.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const trace of document.querySelectorAll(".trace")) trace.open = trace.dataset.open === "true";
});
`;
