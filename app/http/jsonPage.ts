import type { FastifyReply } from 'fastify';
import { Turns } from '../../query/turns.ts';
import { JSON_TYPE } from './negotiation.ts';

/** A page of a list that is to be sent. */
export interface JsonPage<Item, Answer, Rest extends object> {
  readonly items: readonly Item[];
  /** Makes an item as the schema has it. */
  readonly answer: (item: Item) => Answer;
  /** What the page says of itself beside its items. */
  readonly rest: Rest;
}

/**
 * Answers with a long page, item by item, in turns with the other work of the thread: made in one go, thousands of them would
 * hold it up. It is written as it is: to look through all of it once more, as the schema does, would be the most work of all.
 */
export async function sendItems<Item, Answer, Rest extends object>(
  reply: FastifyReply,
  { items, answer, rest }: JsonPage<Item, Answer, Rest>,
): Promise<FastifyReply> {
  const turns = new Turns();
  const texts: string[] = [];
  for (const item of items) {
    texts.push(JSON.stringify(answer(item)));
    await turns.next();
  }
  return reply.type(`${JSON_TYPE}; charset=utf-8`).send(`{"items":[${texts.join()}],${JSON.stringify(rest).slice(1)}`);
}
