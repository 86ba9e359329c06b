// The one script of every page behind the door.
import htmx from 'htmx.org';

import { installAlpine } from './js/alpine.js';
import { installCharts } from './js/charts.js';
import { installFinder } from './js/finder.js';
import { installForms } from './js/forms.js';
import { installNet } from './js/net.js';
import { installOffers } from './js/offers.js';
import { installShell } from './js/shell.js';
import { installTables } from './js/tables.js';
import { installTabs } from './js/tabs.js';

window.htmx = htmx;

installNet(htmx);
installShell();
installFinder();
installForms();
installOffers();
installTables();
installTabs();
installCharts(htmx);
installAlpine(htmx);
