// Takes part, converts and falls back with the npm package sixpack-client, as a
// program of its users would. Usage: node session.js BASE_URL up|down
// Prints one line of JSON for each step.
const http = require('http');
const sixpack = require('sixpack-client');

const [baseURL, state] = process.argv.slice(2);
const id = '12345678-1234-5678-1234-567812345678';
const alternatives = ['trolled', 'not-trolled'];

const session = (client_id, more) => new sixpack.Session({base_url: baseURL, client_id, timeout: 5000, ...more});

const step = (name, call) => new Promise((resolve) => {
    call((error, result) => {
        console.log(JSON.stringify({name, error: error && error.message, result: {...result, error: undefined}}));
        resolve(result);
    });
});

// The package has no prefetch of its own: this is its request with one more parameter.
const prefetch = (client_id) => (done) => {
    const query = new URLSearchParams([['client_id', client_id], ['experiment', 'show-bieber'],
        ...alternatives.map((a) => ['alternatives', a]), ['prefetch', 'true']]);
    http.get(`${baseURL}/participate?${query}`, (res) => {
        let body = '';
        res.on('data', (chunk) => { body += chunk; });
        res.on('end', () => done(null, JSON.parse(body)));
    });
};

async function up() {
    const s = session(id);
    await step('participate', (done) => s.participate('show-bieber', alternatives, done));
    await step('again', (done) => s.participate('show-bieber', alternatives, done));
    await step('force', (done) => s.participate('show-bieber', alternatives, 'trolled', done));
    await step('traffic', (done) => s.participate('small', alternatives, 0.000001, done));
    await step('traffic convert', (done) => s.convert('small', done));
    await step('spaces', (done) => s.participate('show bieber', ['trolled it', 'not-trolled'], done));
    await step('robot', (done) => session('robot', {user_agent: 'Googlebot/2.1'}).participate('show-bieber', alternatives, done));
    await step('prefetch', prefetch('later'));
    await step('prefetch convert', (done) => session('later').convert('show-bieber', done));
    await step('prefetched', (done) => session('later').participate('show-bieber', alternatives, done));
    await step('convert', (done) => s.convert('show-bieber', done));
    await step('convert again', (done) => s.convert('show-bieber', done));
    await step('convert kpi', (done) => s.convert('show-bieber', 'sale', done));
    await step('convert stranger', (done) => session('stranger').convert('show-bieber', done));
}

async function down() {
    const s = session(id);
    await step('participate', (done) => s.participate('show-bieber', alternatives, done));
    await step('convert', (done) => s.convert('show-bieber', done));
}

(state === 'up' ? up : down)();
