/** @typedef {Node | string | number} Child */

/**
 * An HTML element. Text goes in as text: nothing that the fleet says is ever read as markup.
 * @param {string} name `tag` or `tag.class.class`
 * @param {Record<string, string>} attributes
 * @param {Child[]} children
 */
export function element(name, attributes = {}, ...children) {
  const [tag = '', ...classes] = name.split('.');
  return filled(document.createElement(tag), classes, attributes, children);
}

/**
 * An SVG element.
 * @param {string} name `tag` or `tag.class.class`
 * @param {Record<string, string | number>} attributes
 * @param {Child[]} children
 */
export function drawing(name, attributes = {}, ...children) {
  const [tag = '', ...classes] = name.split('.');
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), classes, attributes, children);
}

/**
 * A table in a frame that scrolls by itself where the page is too narrow.
 * @param {Child[]} head
 * @param {Element[]} rows
 */
export function table(head, rows) {
  const titles = head.map((title) => element('th', { scope: 'col' }, title));
  const parts = [element('thead', {}, element('tr', {}, ...titles)), element('tbody', {}, ...rows)];
  return element('div.scroll', { tabindex: '0' }, element('table', {}, ...parts));
}

/**
 * @param {Child[]} cells the first is the row's title
 */
export function row([title = '', ...cells]) {
  return element('tr', {}, element('th', { scope: 'row' }, title), ...cells.map((cell) => element('td', {}, cell)));
}

/**
 * @param {string} id
 * @param {Child[]} children
 */
export function show(id, ...children) {
  const place = document.getElementById(id);
  if (place === null) throw new Error(`index.html has no #${id}`);
  place.replaceChildren(...children.map(nodeOrText));
}

/** @param {Child} child */
function nodeOrText(child) {
  return child instanceof Node ? child : String(child);
}

/**
 * @template {Element} E
 * @param {E} made
 * @param {string[]} classes
 * @param {Record<string, string | number>} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function filled(made, classes, attributes, children) {
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children.map(nodeOrText));
  return made;
}
