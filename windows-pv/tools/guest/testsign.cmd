@echo off
rem SPDX-License-Identifier: BSD-2-Clause
rem testsign.cmd [off]: for a Windows guest, as administrator. Trusts the test key of one build, whose
rem test.cer lies beside this file, and turns test signing on; off takes both back. Anybody who has
rem that build's test.key can then make drivers that this guest loads: never on a machine that matters.
setlocal
set cert=%~dp0test.cer
set serial=@SERIAL@

net session >nul 2>&1
if errorlevel 1 (
	echo testsign: run it as administrator
	exit /b 1
)
if /i "%~1"=="off" goto off
if not "%~1"=="" (
	echo usage: testsign.cmd [off]
	exit /b 2
)
if not exist "%cert%" (
	echo testsign: "%cert%" is not there: copy it from the build's testkey folder
	exit /b 1
)
certutil -f -addstore Root "%cert%" >nul
if errorlevel 1 (
	echo testsign: the certificate was not imported into Root
	exit /b 1
)
certutil -f -addstore TrustedPublisher "%cert%" >nul
if errorlevel 1 (
	echo testsign: the certificate was not imported into TrustedPublisher
	exit /b 1
)
bcdedit /set testsigning on >nul
if errorlevel 1 (
	echo testsign: test signing was not turned on; Secure Boot has to be off for it
	exit /b 1
)
echo testsign: done; restart Windows
exit /b 0

:off
rem Each of the three is tried, whatever became of the one before.
set left=
bcdedit /set testsigning off >nul
if errorlevel 1 (
	echo testsign: test signing was not turned off
	set left=1
)
certutil -delstore TrustedPublisher %serial% >nul
if errorlevel 1 (
	echo testsign: the certificate was not taken out of TrustedPublisher
	set left=1
)
certutil -delstore Root %serial% >nul
if errorlevel 1 (
	echo testsign: the certificate was not taken out of Root
	set left=1
)
if defined left exit /b 1
echo testsign: done; restart Windows
exit /b 0
