import { useState } from 'preact/hooks';
import { ApiError, getCsv } from '../api.ts';
import type { Query } from '../route.ts';

interface CsvButtonProps {
  /** Below /api/v1, with the query that the screen shows. */
  readonly path: string;
  readonly query: Query;
  readonly fileName: string;
  readonly label?: string;
}

/** Takes away as CSV what a screen shows, all of its pages. */
export function CsvButton({ path, query, fileName, label = 'CSV' }: CsvButtonProps) {
  const [state, setState] = useState('');
  const take = async () => {
    setState('Making it …');
    try {
      download(await getCsv(path, query), fileName);
      setState('');
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setState(cause.message);
    }
  };
  return <span class="csv"><button type="button" onClick={() => void take()}>{label}</button> <span role="status">{state}</span></span>;
}

/** Hands a file to the browser's downloads. */
export function download(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
