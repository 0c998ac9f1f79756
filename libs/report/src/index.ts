export { encodeHistory, type Figures, parseHistory, record } from './history';
export { renderPage } from './page/page';
