import type { Balance } from '../../domain/balance.ts';
import { counted } from '../../domain/counted.ts';

/** The balance in a line for people. */
export function balanceText({ received, stored, duplicate, rejected, pending }: Balance): string {
  return `${counted(received, 'row')} received = ${stored} stored + ${duplicate} duplicate + ${rejected} rejected + ${pending} pending.`;
}
