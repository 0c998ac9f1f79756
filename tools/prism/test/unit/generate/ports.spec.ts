import { listening as go } from '../../../src/generate/component/go';
import { listening as node } from '../../../src/generate/component/node';
import { findPorts } from '../../../src/generate/component/ports';
import { listening as python } from '../../../src/generate/component/python';
import { listening as rust } from '../../../src/generate/component/rust';

const languages = { go, node, python, rust };

test.each<[keyof typeof languages, string, number[]]>([
  ['go', 'http.ListenAndServe(":8080", nil)', [8080]],
  ['go', 'http.ListenAndServe("localhost:8080", nil)', [8080]],
  ['go', 'addr := flag.String("addr", ":9000", "")\nhttp.ListenAndServe(*addr, nil)', [9000]],
  ['go', 'flag.StringVar(&cfg.listen, "l", "127.0.0.1:9000", "")\nnet.Listen("tcp", cfg.listen)', [9000]],
  [
    'go',
    'srv := &http.Server{\n\tAddr: addr,\n\tReadTimeout: 10 * time.Second,\n}\nconst addr = ":8443"',
    [8443],
  ],
  [
    'go',
    'type C struct {\n\tPort int `env:"PORT" envDefault:"8081"`\n}\nr.Run(fmt.Sprintf(":%d", c.Port))',
    [8081],
  ],
  ['go', 'port := getenv("PORT", "8082")', [8082]],
  ['go', 'rdb := redis.NewClient(&redis.Options{Addr: ":6379"})', []],
  ['go', 'conn, _ := net.Dial("tcp", "127.0.0.1:5000")', []],
  ['go', 'db := getenv("DB_PORT", "5432")\nupstream := "http://localhost:3000"', []],
  ['go', 'dbPort := 5432\nport := 5432\nhttp.ListenAndServe(":"+port, nil)', []],
  ['go', 'exec.Command("x").Run()\ntime.Sleep(30)\nt.Run("a10", f)', []],
  ['go', '// http.ListenAndServe(":8080", nil)', []],
  ['node', 'app.listen(3000)', [3000]],
  ['node', 'const port = process.env.PORT || 4000\napp.listen(port, () => console.log(1000))', [4000]],
  ['node', 'const PORT = Number(process.env.PORT ?? "4001")\nserver.listen({ port: PORT, host })', [4001]],
  ['node', 'createClient({ socket: { host: "redis", port: 6379 } })', []],
  ['node', 'const pool = new Pool({ port: 5432 })\nfetch("http://localhost:3001")', []],
  ['python', 'uvicorn.run(app, host="0.0.0.0", port=8000)', [8000]],
  ['python', 'port = int(os.environ.get("PORT", "5000"))\napp.run(host="0.0.0.0", port=port)', [5000]],
  ['python', 'HTTPServer(("", 8000), Handler).serve_forever()', [8000]],
  ['python', 'sock.bind(("0.0.0.0", PORT))\nPORT = 9999', [9999]],
  ['python', 'server.add_insecure_port("[::]:50051")', [50051]],
  ['python', 'redis.Redis(host="localhost", port=6379)\npsycopg.connect(port=5432)', []],
  ['python', 'REDIS = "localhost:6379"', []],
  ['rust', 'TcpListener::bind("127.0.0.1:3000")', [3000]],
  ['rust', 'let addr = SocketAddr::from(([0, 0, 0, 0], 3000));\nServer::bind(&addr)', [3000]],
  ['rust', 'let addr = SocketAddr::from(([127, 0, 0, 1], 3001));\nServer::bind(&addr)', [3001]],
  ['rust', 'let redis = Client::open("redis://127.0.0.1:6379");\nTcpStream::connect("127.0.0.1:5000")', []],
])('%s: %s', (language, text, expected) => {
  expect(findPorts([text], languages[language])).toEqual(expected);
});
