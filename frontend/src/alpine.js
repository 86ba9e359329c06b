// Small state inside a page. What pages may name in x-data stands in js/alpine-data.js.
import Alpine from '@alpinejs/csp';

import { disclosure } from './js/alpine-data.js';

window.Alpine = Alpine;
Alpine.data('disclosure', disclosure);
Alpine.start();
