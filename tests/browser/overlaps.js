// Labels of one picture whose letters lie over each other's, and those that are cut off.
(() => {
  const pen = document.createElement('canvas').getContext('2d');

  // The box of what is inked of a text, not of the highest and deepest letters of its font.
  const inked = (text) => {
    const box = text.getBoundingClientRect();
    pen.font = getComputedStyle(text).font;
    const size = pen.measureText(text.textContent);
    const scale = box.height / (size.fontBoundingBoxAscent + size.fontBoundingBoxDescent);
    const base = box.bottom - size.fontBoundingBoxDescent * scale;
    const [top, bottom] = [base - size.actualBoundingBoxAscent * scale, base + size.actualBoundingBoxDescent * scale];
    return { words: text.textContent.trim(), left: box.left, right: box.right, top, bottom };
  };

  const found = new Set();
  for (const picture of document.querySelectorAll('svg')) {
    const name = picture.querySelector('title')?.textContent ?? picture.getAttribute('aria-label');
    const frame = picture.getBoundingClientRect();
    const labels = [...picture.querySelectorAll('text')].filter((text) => text.textContent.trim()).map(inked);
    labels.forEach((one, index) => {
      const room = [one.left - frame.left, frame.right - one.right, one.top - frame.top, frame.bottom - one.bottom];
      if (Math.min(...room) < -1) found.add(`${name}: ${one.words} is cut off`);
      for (const other of labels.slice(index + 1)) {
        const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (width > 0.5 && height > 0.5) found.add(`${name}: ${one.words} over ${other.words}`);
      }
    });
  }
  return [...found].slice(0, 20);
})()
