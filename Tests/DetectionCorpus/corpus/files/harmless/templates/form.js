(function(){'use strict';var f=document.forms[0];f.elements.name.addEventListener('change',function(e){var v=e.target.value.trim();if(v.length<3){window.alert('Too short.');}});})();
