globalThis.databricksMlopsPhase = 'post';
require('./main.js');
