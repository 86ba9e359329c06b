// Data that pages may name in x-data.
export function disclosure(open = false) {
  return { open, toggle() { this.open = !this.open; } };
}
