// Colours as the screen has them, and how well one stands out from another.
window.Colour ??= class {
  static #canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  static #known = new Map();

  // Red, green, blue from 0 to 255 and the opacity from 0 to 1, of any colour in CSS.
  static of(css) {
    if (!this.#known.has(css)) {
      this.#canvas.clearRect(0, 0, 1, 1);
      this.#canvas.fillStyle = css;
      this.#canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = this.#canvas.getImageData(0, 0, 1, 1).data;
      this.#known.set(css, [red, green, blue, alpha / 255]);
    }
    return this.#known.get(css);
  }

  static faded([red, green, blue, alpha], by) {
    return [red, green, blue, alpha * by];
  }

  static over([red, green, blue, alpha], below) {
    return [red, green, blue].map((value, index) => value * alpha + below[index] * (1 - alpha)).concat(1);
  }

  // What is behind the content of an element: its own background over those it lies in, over the canvas of the page.
  static behind(element) {
    if (!element) return this.of(this.#canvasOfPage());
    const style = getComputedStyle(element);
    if (style.backgroundImage !== 'none') throw new Error(`there is a picture behind ${element.outerHTML.slice(0, 120)}`);
    const own = this.of(style.backgroundColor);
    return own[3] === 1 ? own : this.over(own, this.behind(element.parentElement));
  }

  static #canvasOfPage() {
    const probe = document.createElement('span');
    probe.style.color = 'Canvas';
    document.documentElement.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  static #luminance(colour) {
    const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = colour.slice(0, 3).map((value) => linear(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  // The contrast of WCAG 2.2, from 1 to 21, of two opaque colours.
  static contrast(one, other) {
    const [low, high] = [this.#luminance(one), this.#luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }
};
