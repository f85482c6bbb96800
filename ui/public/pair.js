// The pairing page: takes the code out of the address, so that neither the address bar nor the history keeps it, and gives it
// to the hub once. Plain ES5 in a file of its own, as engine.js. Not the app: that comes after pairing.
(function () {
  var TOLD = {
    hall_closed: '大厅没有开。请到本站电脑上点开大厅，再扫新的二维码。',
    seats_full: '本站连接的平板和手机已满 25 台。请让不用的一台先锁定半小时，或接到另一台本站电脑。',
    pairing_invalid: '配对码不对、已用过或已过期。请在本站电脑上看新的二维码再扫一次。',
    pairing_wait: '配对码试得太多。请等一分钟，再扫本站电脑上新的二维码。'
  };
  var told = document.getElementById('told');
  var code = document.getElementById('code');
  var button = document.querySelector('button');

  function say(text, isBad) {
    told.textContent = text;
    told.className = isBad ? 'bad' : '';
  }

  function pair(typed) {
    var request = new XMLHttpRequest();
    button.disabled = true;
    say('正在连接…', false);
    request.open('POST', '/pair');
    request.setRequestHeader('Content-Type', 'text/plain');
    request.onload = function () {
      var word = '';
      button.disabled = false;
      if (request.status === 204) { location.replace('/'); return; }
      try { word = JSON.parse(request.responseText).code; } catch (_) { word = ''; }
      say(TOLD[word] || '没有连上。请看看是不是扫了本站电脑上的二维码，再试一次。', true);
      code.value = '';
      code.focus();
    };
    request.onerror = function () {
      button.disabled = false;
      say('连不上本站电脑。请看看这台设备是不是连着本站的无线网，再试一次。', true);
    };
    request.send(typed);
  }

  // #FINGERPRINT:CODE, as the QR says it.
  var parts = /^#([0-9A-Fa-f]{64}):([0-9A-Za-z-]{16,24})$/.exec(location.hash);
  if (location.hash !== '') { history.replaceState(null, '', '/'); }
  if (parts) {
    document.getElementById('fingerprint').textContent = parts[1].toUpperCase().replace(/(..)(?=.)/g, '$1:');
    document.getElementById('print').hidden = false;
    pair(parts[2]);
  }
  document.getElementById('form').onsubmit = function () {
    if (code.value !== '') { pair(code.value); }
    return false;
  };
})();
