import './styles/tokens.css';
import './styles/page.css';
import './styles/parts.css';
import './styles/charts.css';
import './styles/alerts.css';
import './styles/pumps.css';
import './styles/pump.css';
import './styles/daily.css';
import './styles/streaming.css';
import './styles/work.css';
import './styles/sql.css';
import './theme.ts';
import { render } from 'preact';
import { App } from './App.tsx';
import { openSession } from './session.ts';

render(<App />, document.getElementById('page') ?? document.body);
void openSession();
