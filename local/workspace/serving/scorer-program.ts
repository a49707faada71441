/**
 * The program of a scoring process, run by `python -c` with the model's folder as its argument: MLflow's own scoring server
 * (`mlflow.pyfunc.scoring_server`) under uvicorn, without the second interpreter and the worker that `mlflow models serve` starts.
 *
 * It reads a key from the first line of standard input and answers only requests that carry it, since any process of the machine can
 * reach a loopback port. It ends when standard input closes, so it does not outlive a workspace that was killed. Once the model is
 * loaded and the port is open it writes one line, `scorer-port <number>`, on standard output.
 */
export const scorerProgram = `
import os, socket, sys, threading

key = sys.stdin.readline().strip().encode()

def end_with_parent():
    while sys.stdin.read(4096):
        pass
    os._exit(0)

threading.Thread(target=end_with_parent, daemon=True).start()

import uvicorn
from mlflow.pyfunc import scoring_server

served = scoring_server.init(scoring_server.load_model_with_mlflow_config(sys.argv[1]))

async def guarded(scope, receive, send):
    if scope["type"] == "http" and dict(scope["headers"]).get(b"x-scorer-key") != key:
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    await served(scope, receive, send)

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(128)
print("scorer-port", listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(guarded, log_level="warning", timeout_graceful_shutdown=5)).run(sockets=[listener])
`;
