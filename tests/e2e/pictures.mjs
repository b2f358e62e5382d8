// pictures.mjs - takes the pictures of the page that the READMEs show: run.sh BUILD tests/e2e/pictures.mjs
import {join} from 'node:path';
import {launch, open} from './lib/browser.mjs';
import {Camera} from './lib/camera.mjs';
import {Stack, top} from './lib/stack.mjs';
import {until} from './lib/wait.mjs';

const folder = join(top, 'html/doc');
const id = (n) => `3402000000132000000${n}`;
const camera = (n, name, more = []) => new Camera(['--audio', 'pcma', '--name', name, '--manufacturer', 'Simulated', '--model', 'C1', ...more], {id: id(n)});

async function shoot(browser, stack, language, name, query, ready) {
	const page = await open(browser, `${stack.page}?lang=${language}&${query}`, {viewport: {width: 1280, height: 720}});
	await until(`${name} is ready`, () => ready(page), 20000);
	// Figures of the pictures are means over some seconds.
	await new Promise((resolve) => setTimeout(resolve, 4000));
	await page.screenshot({path: join(folder, language === 'zh' ? `${name}.zh.png` : `${name}.png`)});
	await page.context().close();
}

const stack = await new Stack({media: {linger_s: 1, first_packet_timeout_s: 2}}).start();
const cameras = [
	camera(1, '大门'), camera(2, '停车场 P1'), camera(3, 'Warehouse 2'), camera(4, 'Lobby'), camera(5, '后门', ['--no-media']), camera(6, '会议室'),
	new Camera(['--channels', '3', '--name', '周界', '--manufacturer', 'Simulated', '--model', 'N4'], {id: '34020000001180000007'}),
];
const browser = await launch();
try {
	for(const one of cameras) {
		await one.happened('registered');
	}
	await until('the catalogs are complete', async () => (await stack.ask({request: 'list_channels'})).channels.every((channel) => channel.manufacturer));
	const channels = (await stack.ask({request: 'list_channels'})).channels;
	const play = (n) => `play=${id(n)}/${channels.find((channel) => channel.device === id(n)).id}`;
	await cameras[5].stop();
	for(const language of ['en', 'zh']) {
		await shoot(browser, stack, language, 'page', `layout=4&${[1, 2, 3, 4].map(play).join('&')}`,
			async (page) => (await page.$$('[data-testid=player][data-state=playing]')).length === 4);
		await shoot(browser, stack, language, 'ladder', `layout=1&${play(5)}`, (page) => page.$('[data-testid=player][data-state=failed]'));
	}
} finally {
	await browser.close();
	for(const one of cameras) {
		await one.stop();
	}
	await stack.stop();
}
