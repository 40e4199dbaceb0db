// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import { startLive } from './state/live';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/content.css';

const place = document.getElementById('app');
if (place) render(<App />, place);
startLive();
