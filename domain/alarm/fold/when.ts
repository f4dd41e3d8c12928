import { isUnknown, type Measure, measureIndex } from '../../reading/measures.ts';

/** How a measure is compared. */
export type Operator = '<' | '<=' | '>' | '>=' | '=' | '!=';

/** `hz > 0`. */
export interface Test {
  readonly measure: Measure;
  readonly operator: Operator;
  readonly value: number;
}

/** What has to be so of the same reading: one of the lists, of which all tests hold. `and` binds closer than `or`. */
export type When = readonly (readonly Test[])[];

const TEST = /^\s*([A-Za-z]\w*)\s*(<=|>=|!=|==|=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*$/;

/** Reads `hz > 0 and flo < 10 or disp >= 2`; undefined when it is no such thing. */
export function parseWhen(text: string): When | undefined {
  const alternatives = text.split(/\bor\b/).map((part) => part.split(/\band\b/).map(parseTest));
  return alternatives.every((tests): tests is Test[] => tests.every((test) => test !== undefined)) ? alternatives : undefined;
}

/** As it is written: `hz > 0 and flo < 10`. */
export function whenText(when: When): string {
  return when.map((tests) => tests.map(({ measure, operator, value }) => `${measure} ${operator} ${value}`).join(' and ')).join(' or ');
}

/**
 * Whether it holds at a row of columns in the order of MEASURES. Undefined where a missing cell decides: of `hz > 0 or
 * flo > 1` one that holds is enough, of `hz > 0 and flo > 1` one that does not.
 */
export function holdsAt(when: When, values: readonly Float64Array[], row: number): boolean | undefined {
  let some: boolean | undefined = false;
  for (const tests of when) {
    let all: boolean | undefined = true;
    for (const { measure, operator, value } of tests) {
      const cell = values[measureIndex[measure]][row];
      if (isUnknown(cell)) all = undefined;
      else if (!compares(cell, operator, value)) {
        all = false;
        break;
      }
    }
    if (all) return true;
    if (all === undefined) some = undefined;
  }
  return some;
}

function parseTest(text: string): Test | undefined {
  const [, measure, operator, value] = TEST.exec(text) ?? [];
  if (measure === undefined || !isMeasure(measure) || !Number.isFinite(Number(value))) return undefined;
  return { measure, operator: (operator === '==' ? '=' : operator) as Operator, value: Number(value) };
}

function isMeasure(name: string): name is Measure {
  return Object.hasOwn(measureIndex, name);
}

function compares(cell: number, operator: Operator, value: number): boolean {
  switch (operator) {
    case '<': return cell < value;
    case '<=': return cell <= value;
    case '>': return cell > value;
    case '>=': return cell >= value;
    case '=': return cell === value;
    case '!=': return cell !== value;
  }
}
