// The colours of the page, also for the description of the API; and what the address names is open.
const kept = localStorage.getItem('wellwatch.theme');
document.documentElement.dataset.theme = kept ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
const open = () => {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named?.tagName === 'DETAILS') named.open = true;
};
addEventListener('hashchange', open);
addEventListener('DOMContentLoaded', open);
