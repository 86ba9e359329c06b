// Files that only some pages need are fetched once, when the first part that needs them appears.
const loading = new Map();

export function fetchOnce(url) {
  if (!loading.has(url)) {
    loading.set(url, new Promise((resolve, reject) => {
      const style = url.split('?')[0].endsWith('.css');
      const node = document.createElement(style ? 'link' : 'script');
      if (style) { node.rel = 'stylesheet'; node.href = url; } else { node.src = url; }
      node.onload = resolve;
      node.onerror = reject;
      document.head.append(node);
    }));
  }
  return loading.get(url);
}
