// Is this browser engine new enough? Plain ES5 in a file of its own (a strict page allows no inline script), so that
// even a very old WebView can show what is wrong. Not a feature test: one floor, the same as the build's target.
(function () {
  var FLOOR = 87;
  var found = /(?:Chrome|Chromium)\/(\d+)/.exec(navigator.userAgent);
  var version = found ? parseInt(found[1], 10) : 0;
  if (found ? version >= FLOOR : 'noModule' in document.createElement('script')) { return; }
  window.jkkcEngineIsOld = true;
  window.onload = function () {
    document.body.innerHTML =
      '<div style="max-width:34em;margin:2em auto;padding:1em;font-size:20px;line-height:1.7">' +
      '<h1 style="font-size:28px">系统组件太旧，健康快车打不开</h1>' +
      '<p>这台设备的网页组件（WebView）版本是 <b>' + (version || '未知') + '</b>，需要 <b>' + FLOOR + '</b> 或更新。</p>' +
      '<p>怎么办：</p><ol><li>请管理员用安装工具更新“系统 WebView”，再重新打开；</li>' +
      '<li>今天急用，请换另一台设备。</li></ol>' +
      '<p>本机已保存的内容没有丢失。</p></div>';
  };
})();
