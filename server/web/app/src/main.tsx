// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import { startLive } from './state/live';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/content.css';
import './styles/figures.css';
import './styles/tables.css';
import './styles/log.css';

const place = document.getElementById('app');
if (place) render(<App />, place);
startLive();
