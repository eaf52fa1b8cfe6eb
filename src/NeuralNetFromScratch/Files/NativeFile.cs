using System.Runtime.InteropServices;

namespace NeuralNetFromScratch;

/// <summary>
/// Information about files that .NET does not provide: whether a flush to disk failed, and the type of a file. On Unix it calls the C library; if
/// a function is missing, and on other systems, it has no effect.
/// </summary>
internal static partial class NativeFile
{
    private const int Interrupted = 4, NotAllowed = 13, Invalid = 22, ReadOnlySystem = 30, NotSupportedOnMac = 45, NotSupported = 95;
    private const int CurrentFolder = -100, StatxSize = 256, StatxModePlace = 28;
    private const int KindMask = 0xF000, RegularKind = 0x8000;

    private static bool HasLibrary => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD();

    /// <summary>Flushes a file to the disk.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">The path for messages.</param>
    /// <exception cref="IOException">The flush failed.</exception>
    public static void Flush(FileStream file, string path)
    {
        // On Unix .NET ignores the result of the flush. A second flush of flushed data costs nothing and returns it.
        file.Flush(flushToDisk: true);
        if (HasLibrary)
            Sync((int)file.SafeFileHandle.DangerousGetHandle(), path);
        GC.KeepAlive(file);
    }

    /// <summary>Flushes a folder, so that a file's new name is on disk too. It has no effect if folders cannot be flushed, as on Windows.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The flush failed.</exception>
    public static void FlushFolder(string folder)
    {
        if (!HasLibrary)
            return;
        try
        {
            int handle = Open(folder, flags: 0);
            if (handle < 0)
                return;
            try
            {
                Sync(handle, folder);
            }
            finally
            {
                _ = Close(handle);
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    /// <summary>Whether a path refers to something that is not a regular file, such as a device or a pipe. Implemented only on Linux.</summary>
    /// <param name="path">A path that is not a link.</param>
    public static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            byte[] status = new byte[StatxSize];
            return Statx(CurrentFolder, path, flags: 0, mask: 1, status) == 0 && (BitConverter.ToUInt16(status, StatxModePlace) & KindMask) != RegularKind;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Flushes a file descriptor.</summary>
    /// <exception cref="IOException">The flush failed.</exception>
    internal static void Sync(int descriptor, string path)
    {
        try
        {
            while (FSync(descriptor) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Interrupted)
                    continue;
                // Some file systems have nothing to flush and return an error.
                if (error is Invalid or NotAllowed or ReadOnlySystem or NotSupported or NotSupportedOnMac)
                    return;
                throw new IOException($"{path} cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] status);
}

/// <summary>Information about the machine that .NET does not provide.</summary>
internal static partial class NativeSystem
{
    /// <summary>Reads a number from macOS by its name.</summary>
    [LibraryImport("libc", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ReadNumber(string name, ref int value, ref nint size, nint newValue, nint newSize);

    /// <summary>Reads the processor records of Windows. If the buffer is too small, it returns the required length.</summary>
    [LibraryImport("kernel32", EntryPoint = "GetLogicalProcessorInformationEx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ReadProcessors(int relation, [Out] byte[]? records, ref int length);
}
