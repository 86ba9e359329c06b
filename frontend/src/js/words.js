// Sentences that scripts show come from the page, in the reader's language.
let words = null;

export function word(key) {
  if (words === null) {
    const block = document.getElementById('rb-words');
    words = block ? JSON.parse(block.textContent) : {};
  }
  return words[key] ?? key;
}
