/** Questions to begin with, as docs/sql.md has them. */
export const QUESTIONS: readonly { readonly title: string; readonly sql: string }[] = [
  {
    title: 'Each pump’s days',
    sql: 'SELECT pump, at::date AS date, count(*), min(psi), max(psi), avg(psi)\nFROM readings GROUP BY ALL ORDER BY date, pump',
  },
  {
    title: 'Alerts with vendor and maintenance',
    sql: 'SELECT a.pump, a.at, a.value, p.type, p.vendor, m.date, m.technician, m.description\nFROM alerts a LEFT JOIN pumps p ON a.pump = p.id ' +
      'LEFT JOIN maintenance m ON m.pump = a.pump\nORDER BY a.at DESC, a.pump, m.date',
  },
  {
    title: 'Alarms and the last maintenance before them',
    sql: 'SELECT a.pump, a.rule, a.raised, m.date, m.description\nFROM alarms a ASOF LEFT JOIN maintenance m ON a.pump = m.pump AND a.raised >= m.date\n' +
      'ORDER BY a.raised DESC',
  },
  {
    title: 'Pressure by hour',
    sql: 'SELECT pump, date_trunc(\'hour\', at) AS hour, avg(psi) AS psi\nFROM readings WHERE at >= (SELECT max(at) FROM alerts) - INTERVAL 3 DAY\n' +
      'GROUP BY ALL ORDER BY pump, hour',
  },
  { title: 'Why rows were rejected', sql: 'SELECT reason, count(*) AS rows, min(source) AS source\nFROM rejects GROUP BY ALL ORDER BY rows DESC' },
];
