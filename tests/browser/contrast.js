// The texts that stand out too little from what is behind them, worst first. WCAG 2.2, 1.4.3: a contrast of 4.5, or of 3 from 24 px, or
// from 18.66 px in bold type.
(() => {
  const found = new Map();
  let measured = 0;

  const measure = (element, text, style, front, behind) => {
    measured += 1;
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const seen = Colour.over(Colour.faded(front, opacity(element)), behind);
    const contrast = Colour.contrast(seen, behind);
    if (contrast < needed) found.set(`${seen.slice(0, 3)} on ${behind.slice(0, 3)}: “${text.trim().slice(0, 40)}” in ${path(element)}`, contrast);
  };

  const opacity = (element) => (element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1);

  const path = (element) => {
    const names = [];
    for (let e = element; e && names.length < 5; e = e.id ? null : e.parentElement) {
      names.unshift(e.localName + (e.id ? `#${e.id}` : '') + [...e.classList].map((name) => `.${name}`).join(''));
    }
    return names.join(' > ');
  };

  // What is painted at a point of a picture before a text of it: its shapes in their order, over the page.
  const painted = (text, x, y) => {
    const picture = text.ownerSVGElement;
    let behind = Colour.behind(picture);
    for (const shape of picture.querySelectorAll('rect, circle, ellipse, path, polygon, polyline')) {
      if (shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_PRECEDING) break;
      if (shape.closest('defs, clipPath, mask, marker, pattern')) continue;
      const style = getComputedStyle(shape);
      if (style.fill === 'none' || style.fill.startsWith('url') || style.visibility !== 'visible') continue;
      const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
      if (shape.isPointInFill(point)) behind = Colour.over(Colour.faded(Colour.of(style.fill), style.fillOpacity * opacity(shape)), behind);
    }
    return behind;
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    const element = walker.currentNode.parentElement;
    if (!text.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest('script, style, svg title, svg desc, option')) continue;
    const style = getComputedStyle(element);
    if (element instanceof SVGElement) {
      const box = element.getBoundingClientRect();
      const front = Colour.faded(Colour.of(style.fill), style.fillOpacity);
      for (const part of [0.02, 0.25, 0.5, 0.75, 0.98]) {
        measure(element, text, style, front, painted(element, box.left + part * box.width, box.top + box.height / 2));
      }
    } else {
      measure(element, text, style, Colour.of(style.color), Colour.behind(element));
    }
  }
  for (const field of document.querySelectorAll('input, select, textarea')) {
    if (!field.checkVisibility()) continue;
    const style = getComputedStyle(field);
    measure(field, 'what is typed', style, Colour.of(style.color), Colour.behind(field));
    if (field.placeholder) {
      const hint = getComputedStyle(field, '::placeholder');
      measure(field, field.placeholder, hint, Colour.faded(Colour.of(hint.color), hint.opacity), Colour.behind(field));
    }
  }
  if (measured < 100) throw new Error(`only ${measured} texts were measured`);
  return [...found].sort((a, b) => a[1] - b[1]).map(([text, contrast]) => `${contrast.toFixed(2)}: ${text}`).slice(0, 20);
})()
