// Notes what gets the focus, one thing after the other, and what is wrong with it.
window.watch = (() => {
  const isReached = (element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled;
  const interactive = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(isReached);
  // Of a group of radio buttons one is reached.
  const expected = new Set(interactive.filter((e) => e.type !== 'radio' || e.checked));
  const visited = [];
  const problems = [];
  const name = (element) => element.outerHTML.slice(0, 120);

  const ring = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
    return [outlineStyle, outlineWidth, outlineColor, boxShadow].join(' ');
  };

  // Looks at what has the focus now. False when everything was reached, or nothing new is.
  const look = () => {
    const element = document.activeElement;
    if (element === document.body || visited.includes(element)) return false;
    const last = visited.at(-1);
    if (last && !(last.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) {
      problems.push(`${name(element)} comes after ${name(last)}`);
    }
    visited.push(element);
    expected.delete(element);

    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const focused = ring(element);
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) {
      problems.push(`no outline of 2 px around ${name(element)}: ${focused}`);
    } else if (Colour.contrast(Colour.of(outlineColor), Colour.behind(element.parentElement)) < 3) {
      problems.push(`an outline that does not stand out around ${name(element)}: ${focused}`);
    }
    if (last && ring(last) === focused && last.localName === element.localName) problems.push(`the outline of ${name(last)} stays`);

    const box = element.getClientRects()[0];
    const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + Math.min(box.height, innerHeight) / 2];
    const seen = document.elementFromPoint(x, y);
    if (!seen || !(element.contains(seen) || seen.contains(element))) problems.push(`${name(element)} is hidden when it has the focus`);
    return expected.size > 0;
  };

  const left = () => [...expected].map((element) => `${name(element)} is not reached`);
  return { look, found: () => [...problems, ...left()].slice(0, 20), last: () => name(document.activeElement) };
})();
