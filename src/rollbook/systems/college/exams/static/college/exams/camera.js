// The camera at the door of an exam: the QR of a permit is read by the browser itself and sent with the form.
// Only where a browser reads codes; elsewhere the button never appears. The camera is asked for when it is tapped.
(() => {
  const EVERY = 250;
  const AGAIN = 4000;
  let stream = null;
  let last = { text: '', at: 0 };

  const part = () => document.querySelector('[data-camera]');
  const say = (words) => { part().querySelector('[data-camera-said]').textContent = words; };

  async function readsCodes() {
    if (!('BarcodeDetector' in window) || !navigator.mediaDevices?.getUserMedia) return false;
    return (await window.BarcodeDetector.getSupportedFormats()).includes('qr_code');
  }

  function show(running) {
    const camera = part();
    camera.querySelector('video').hidden = !running;
    camera.querySelector('[data-camera-start]').hidden = running;
    camera.querySelector('[data-camera-stop]').hidden = !running;
  }

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    if (!part()) return;
    show(false);
    say('');
  }

  async function start() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
    } catch {
      say(part().dataset.refused);
      return;
    }
    const video = part().querySelector('video');
    video.srcObject = stream;
    show(true);
    say(part().dataset.looking);
    await video.play();
    look(new window.BarcodeDetector({ formats: ['qr_code'] }));
  }

  async function look(detector) {
    const camera = part();
    if (!stream || !camera) { stop(); return; }
    const video = camera.querySelector('video');
    if (video.paused) await video.play();
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      const [found] = await detector.detect(video);
      if (found) send(found.rawValue);
    }
    setTimeout(() => look(detector), EVERY);
  }

  // The same permit stays before the camera for a while: it is sent once.
  function send(text) {
    const now = Date.now();
    if (text === last.text && now - last.at < AGAIN) { last.at = now; return; }
    last = { text, at: now };
    const code = document.querySelector('form [name=code]');
    if (!code) return;
    code.value = text;
    say(part().dataset.read);
    code.form.requestSubmit();
  }

  async function offer() {
    const camera = part();
    if (camera?.hidden && await readsCodes()) camera.hidden = false;
  }

  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-camera-start]')) start();
    if (event.target.closest?.('[data-camera-stop]')) stop();
  });
  document.addEventListener('htmx:afterSettle', offer);
  window.addEventListener('pagehide', stop);
  offer();
})();
