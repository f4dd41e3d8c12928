import { curls } from './curl.ts';
import { type Contents, type DescribedApi, exampleOf, fieldsOf, type Operation, type Parameter, typeText } from './describedApi.ts';

export interface DocsOptions {
  /** Where this API is reached: `http://127.0.0.1:8090`. */
  readonly origin: string;
  /** Addresses of style sheets. */
  readonly styles: readonly string[];
}

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The API as a page that needs no script to be read: each request with its parameters, its answers, and how to make it with curl. */
export function docsPage(api: DescribedApi, { origin, styles }: DocsOptions): string {
  const all = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Placed => ({ method, path, operation })));
  const tags = [...new Set(all.map(tagOf))];
  const { title, version, description = '' } = api.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><link rel="icon" href="/favicon.svg" type="image/svg+xml">
${styles.map((href) => `<link rel="stylesheet" href="${escaped(href)}">`).join('')}<script src="/docs.js"></script></head>
<body class="docs"><a class="skip" href="#main">Skip to content</a>
<header class="bar"><a class="site" href="/">wellwatch</a><nav aria-label="Kinds of requests">${tags.map((tag) =>
  `<a href="#${slug(tag)}">${escaped(tag)}</a>`).join('')}</nav></header>
<main id="main"><h1>${escaped(title)} <small class="muted">${escaped(version)}</small></h1>
<p>${escaped(description)}</p>
<p>Where tokens exist, each request has one: <code>-H 'authorization: Bearer TOKEN'</code>, made by
<code>wellwatch token add NAME --role read</code>. What goes wrong is answered as <code>application/problem+json</code> with a code and a
sentence that says what to do. For programs: <a href="/api/docs/json">this description as OpenAPI 3.1</a>.</p>
${tags.map((tag) => section(tag, all.filter((one) => tagOf(one) === tag), origin)).join('\n')}
</main></body></html>
`;
}

function tagOf({ operation: { tags } }: Placed): string {
  return tags?.[0] ?? 'more';
}

function section(tag: string, those: readonly Placed[], origin: string): string {
  return `<section aria-labelledby="${slug(tag)}"><h2 id="${slug(tag)}">${escaped(tag)}</h2>${those.map((one) => request(one, origin)).join('\n')}</section>`;
}

function request({ method, path, operation }: Placed, origin: string): string {
  const { summary = '', description, parameters = [], requestBody, responses, deprecated = false } = operation;
  const answers = Object.entries(responses).filter(([status]) => status !== 'default');
  return `<details class="panel request" id="${slug(`${method} ${path}`)}"><summary><span class="method">${method.toUpperCase()}</span>
<code>${escaped(path)}</code> <span>${escaped(summary)}${deprecated ? ' (deprecated)' : ''}</span></summary>
${description ? `<p>${escaped(description)}</p>` : ''}
${code('How to ask', curls({ method, path, operation, origin }).join('\n'))}
${parameters.length > 0 ? table('Parameters', parameters.map(parameterRow)) : ''}
${requestBody ? `<h3>Body</h3>${contents(requestBody.content)}` : ''}
${answers.map(([status, { description: says, content }]) =>
  `<h3>${escaped(status)}${says && says !== 'Default Response' ? ` <span class="muted">${escaped(says)}</span>` : ''}</h3>${contents(content ?? {})}`).join('')}
</details>`;
}

function parameterRow({ name, in: where, required = false, description, schema }: Parameter): string[] {
  return [name + (required || where === 'path' ? ' *' : ''), schema ? typeText(schema) : '', description ?? schema?.description ?? ''];
}

function contents(content: Contents): string {
  return Object.entries(content).map(([form, { schema = {} }]) => {
    const fields = fieldsOf(schema);
    if (fields.length === 0) return `<p><code>${escaped(form)}</code> ${escaped(schema.description ?? '')}</p>`;
    return code(form, JSON.stringify(exampleOf(schema), null, 2)) +
      table(`Fields of ${form}`, fields.map(({ path, type, required, description }) => [path + (required ? '' : '?'), type, description]));
  }).join('');
}

function code(title: string, text: string): string {
  return `<h3>${escaped(title)}</h3><pre tabindex="0" role="region" aria-label="${escaped(title)}"><code>${escaped(text)}</code></pre>`;
}

function table(caption: string, rows: readonly (readonly string[])[]): string {
  const row = ([name, ...rest]: readonly string[]) =>
    `<tr><th scope="row"><code>${escaped(name)}</code></th>${rest.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  return `<div class="fields" role="region" aria-label="${escaped(caption)}" tabindex="0"><table><caption>${escaped(caption)}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead><tbody>${rows.map(row).join('')}</tbody></table></div>`;
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
