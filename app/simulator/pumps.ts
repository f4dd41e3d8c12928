/** A pump of the simulated field. */
export interface SimulatedPump {
  readonly id: string;
  readonly type: string;
  /** `YYYY-MM-DD`. */
  readonly purchased: string;
  readonly inService: string;
  readonly vendor: string;
  /** In degrees, as written. */
  readonly latitude: string;
  readonly longitude: string;
  /** Who looks after it. */
  readonly technicians: readonly string[];
  /** The last thing that was done to it before the sample readings begin. */
  readonly lastService: { readonly date: string; readonly technician: string; readonly description: string };
  /** Mean displacement in thousandths; flow follows it. */
  readonly displacement: number;
  /** Where its day begins, as a share of a day. */
  readonly shift: number;
}

const NORTH = ['M. Landry', 'C. Robichaux'];
const SOUTH = ['C. Robichaux', 'A. Fontenot', 'J. Guidry'];
const EAST = ['J. Guidry', 'L. Thibodeaux'];

const gulfcam = { type: 'HYDROPUMP', purchased: '2021-04-12', inService: '2021-07-19', vendor: 'GULFCAM', technicians: NORTH };
const deltapump = { type: 'HYDROPUMP', purchased: '2019-09-03', inService: '2020-01-27', vendor: 'DELTAPUMP', technicians: SOUTH };
const tidewater = { type: 'BEAMPUMP', purchased: '2022-02-08', inService: '2022-05-16', vendor: 'TIDEWATER', technicians: EAST };

/** The simulated field: ten pumps named for waters of Louisiana. */
export const FIELD: readonly SimulatedPump[] = [
  {
    ...gulfcam,
    id: 'TECHE',
    latitude: '29.701312',
    longitude: '-91.204417',
    displacement: 2480,
    shift: 0,
    lastService: service('2026-10-02', 'M. Landry', 'Tighten mounts'),
  },
  {
    ...gulfcam,
    id: 'VERMILION',
    latitude: '29.701298',
    longitude: '-91.204409',
    displacement: 3050,
    shift: 0.04,
    lastService: service('2026-09-22', 'M. Landry', 'Inspection'),
  },
  {
    ...deltapump,
    id: 'ATCHAFALAYA',
    latitude: '29.694105',
    longitude: '-91.187763',
    displacement: 2870,
    shift: 0.11,
    lastService: service('2026-09-28', 'A. Fontenot', 'Inspection'),
  },
  {
    ...deltapump,
    id: 'LAFOURCHE',
    latitude: '29.694087',
    longitude: '-91.187752',
    displacement: 1920,
    shift: 0.15,
    lastService: service('2026-09-30', 'J. Guidry', 'Adjust bearing alignment'),
  },
  {
    ...deltapump,
    id: 'TERREBONNE',
    latitude: '29.694121',
    longitude: '-91.187741',
    displacement: 2190,
    shift: 0.19,
    lastService: service('2026-09-28', 'A. Fontenot', 'Inspection'),
  },
  {
    ...deltapump,
    id: 'BARATARIA',
    latitude: '29.690334',
    longitude: '-91.171586',
    displacement: 2650,
    shift: 0.22,
    lastService: service('2026-09-17', 'C. Robichaux', 'Replace bearing seal'),
  },
  {
    ...deltapump,
    id: 'CALCASIEU',
    latitude: '29.690341',
    longitude: '-91.171570',
    displacement: 1630,
    shift: 0.27,
    lastService: service('2026-09-17', 'C. Robichaux', 'Inspection'),
  },
  {
    ...deltapump,
    id: 'MERMENTAU',
    latitude: '29.690358',
    longitude: '-91.171561',
    displacement: 2350,
    shift: 0.31,
    lastService: service('2026-08-25', 'J. Guidry', 'Vane clearance adjust'),
  },
  {
    ...tidewater,
    id: 'SABINE',
    latitude: '29.677460',
    longitude: '-91.149902',
    displacement: 2900,
    shift: 0.36,
    lastService: service('2026-09-09', 'L. Thibodeaux', 'Inspection'),
  },
  {
    ...tidewater,
    id: 'PONTCHARTRAIN',
    latitude: '29.677452',
    longitude: '-91.149881',
    displacement: 1220,
    shift: 0.4,
    lastService: service('2026-09-10', 'L. Thibodeaux', 'Tighten mounts'),
  },
];

/** Any number of pumps: the field, and beyond it pumps like those, numbered (`TECHE-2`). */
export function simulatedPumps(count: number): SimulatedPump[] {
  return Array.from({ length: count }, (_, i) => {
    const pump = FIELD[i % FIELD.length];
    return i < FIELD.length ? pump : { ...pump, id: `${pump.id}-${Math.floor(i / FIELD.length) + 1}` };
  });
}

function service(date: string, technician: string, description: string): SimulatedPump['lastService'] {
  return { date, technician, description };
}
