// Before the program: is this browser engine new enough, and what the program will ask first is asked already, while the
// program is still read. Plain ES5 in a file of its own (a strict page allows no inline script), so that even a very old
// WebView can show what is wrong. Not a feature test: one floor, the same as the build's target.
(function () {
  var FLOOR = 87;
  var found = /(?:Chrome|Chromium)\/(\d+)/.exec(navigator.userAgent);
  var version = found ? parseInt(found[1], 10) : 0;
  if (found ? version >= FLOOR : 'noModule' in document.createElement('script')) { askAhead(); return; }
  window.jkkcEngineIsOld = true;
  // The program's own style asks too much of such an engine, and a strict page takes none from a script: a file of its own.
  var style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = './engine.css';
  document.head.appendChild(style);
  window.onload = function () {
    document.body.innerHTML =
      '<div id="old"><h1>系统组件太旧，健康快车打不开</h1>' +
      '<p>这台设备的浏览器或网页组件（WebView）版本是 <b>' + (version || '未知') + '</b>，需要 <b>' + FLOOR + '</b> 或更新。</p>' +
      '<p>怎么办：</p><ol><li>请管理员更新“系统 WebView”（Windows 上叫 WebView2；浏览器里打开的，更新浏览器），再重新打开；</li>' +
      '<li>今天急用，请换另一台设备。</li></ol>' +
      '<p>本机已保存的内容没有丢失。</p></div>';
  };

  // A page that comes back to where it was: the host is open, or says that it is not. A page without a place is at the door,
  // where there is nothing to ask ahead. Taken, each once, by platform/web.ts; the bundle with the fake host asks nobody.
  function askAhead() {
    var place = /^#\/(\w+)(?:\/([^\/]+)\/([^\/]+))?/.exec(location.hash);
    if (!place || window.__TAURI_INTERNALS__ || document.documentElement.getAttribute('data-host') === 'fake') { return; }
    var ahead = window.jkkcAhead = {};
    function ask(command, about) {
      var body = JSON.stringify({ command: command, ask: about });
      ahead[body] = fetch('/rpc', { method: 'POST', credentials: 'same-origin', cache: 'no-store', headers: { 'Content-Type': 'application/json' }, body: body })
        .then(function (answer) { return answer.json().then(function (said) { return answer.ok ? said : null; }); })
        .catch(function () { return null; });
    }
    ask('state', {});
    ask('forms', {});
    ask('day', {});
    ask('sync_state', {});
    if (place[1] === 'form' && place[3]) { ask('form', { person: decodeURIComponent(place[3]), station: decodeURIComponent(place[2]) }); }
  }
})();
