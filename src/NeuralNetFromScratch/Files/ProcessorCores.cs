using System.Buffers.Binary;
using System.Globalization;

namespace NeuralNetFromScratch;

/// <summary>
/// The number of cores that the operating system gives to the process. Hardware threads of one core share its multipliers and first-level cache,
/// and the slowest worker determines when a product is finished. Therefore hardware threads, and efficiency cores beside performance cores, are
/// not counted.
/// </summary>
internal static class ProcessorCores
{
    /// <summary>Relation 0 of Windows' processor information is a core.</summary>
    private const int RelationCore = 0, EfficiencyClassOffset = 9;

    /// <summary>
    /// The number of cores for this process: at least 1, at most <see cref="Environment.ProcessorCount"/>, which considers affinity and a
    /// container's share.
    /// </summary>
    public static int Count { get; } = Within(Find(), Environment.ProcessorCount);

    /// <summary>What the system says of cores, within the processors that the runtime was given: by an affinity, or by a container's share (cgroup quota), rounded up.</summary>
    /// <param name="cores">The cores; null where the system does not say.</param>
    /// <param name="processors">Processors of the runtime.</param>
    public static int Within(int? cores, int processors) => Math.Clamp(cores ?? processors, 1, processors);

    /// <summary>
    /// Computes the number of cores from the files of Linux: those of the processors that the process may use ("Cpus_allowed_list" in
    /// /proc/self/status), without those that have less than half of the largest capacity. Null if the files do not have the information.
    /// </summary>
    /// <param name="read">Reads a file; returns null if it does not exist.</param>
    public static int? OfLinux(Func<string, string?> read)
    {
        const string Key = "Cpus_allowed_list:";
        string? allowed = read("/proc/self/status")?.Split('\n').FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
        if (allowed is null || ParseList(allowed) is not { Count: > 0 } processors)
            return null;
        // Linux lists the performance cores of Intel's hybrid processors here.
        if (read("/sys/devices/cpu_core/cpus") is { } list && ParseList(list) is { } performance && processors.Any(performance.Contains))
            processors = [.. processors.Where(performance.Contains)];
        long[] capacities = [.. processors.Select(processor => Number(read($"/sys/devices/system/cpu/cpu{processor}/cpu_capacity")))];
        long largest = capacities.Max();
        var cores = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < processors.Count; i++)
        {
            string folder = $"/sys/devices/system/cpu/cpu{processors[i]}/topology/";
            string? siblings = read(folder + "core_cpus_list") ?? read(folder + "thread_siblings_list");
            if (siblings is null)
                return null;
            if (largest < 0 || 2 * capacities[i] >= largest)
                cores.Add(siblings.Trim());
        }

        return cores.Count;
    }

    /// <summary>
    /// Computes the number of cores from the records of Windows' GetLogicalProcessorInformationEx: a relation, a size, and for a core flags and
    /// an efficiency class, which is highest for the fastest. Null if the records are malformed.
    /// </summary>
    public static int? OfWindows(ReadOnlySpan<byte> records)
    {
        int fastest = -1, cores = 0;
        while (records.Length >= 2 * sizeof(int))
        {
            int relation = BinaryPrimitives.ReadInt32LittleEndian(records), size = BinaryPrimitives.ReadInt32LittleEndian(records[sizeof(int)..]);
            if (size <= EfficiencyClassOffset || size > records.Length)
                return null;
            int efficiency = records[EfficiencyClassOffset];
            if (relation == RelationCore && efficiency >= fastest)
                (fastest, cores) = (efficiency, efficiency > fastest ? 1 : cores + 1);
            records = records[size..];
        }

        return cores > 0 ? cores : null;
    }

    /// <summary>
    /// Computes the number of cores from the values of macOS: the performance cores of Apple's processors, the physical ones of Intel's.
    /// </summary>
    /// <param name="read">Reads a value by its name; returns null if it does not exist.</param>
    public static int? OfMacOS(Func<string, int?> read) => read("hw.perflevel0.physicalcpu") ?? read("hw.physicalcpu");

    private static int? Find()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return OfLinux(path => File.Exists(path) ? File.ReadAllText(path) : null);
            if (OperatingSystem.IsMacOS())
                return OfMacOS(ReadSystemNumber);
            return OperatingSystem.IsWindows() ? OfWindows(ReadProcessorRecords()) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Parses a list of processors such as "0-3,8"; null if it is malformed or longer than that of any machine.</summary>
    private static List<int>? ParseList(string text)
    {
        const int Most = 65_536;
        var numbers = new List<int>();
        foreach (string part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || Number(ends[0]) is not (>= 0 and < Most and var first) || Number(ends[^1]) is not (>= 0 and < Most and var last))
                return null;
            for (long processor = first; processor <= last; processor++)
                numbers.Add((int)processor);
        }

        return numbers;
    }

    /// <summary>Parses an integer; −1 if the text is not one.</summary>
    private static long Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long value) ? value : -1;

    private static int? ReadSystemNumber(string name)
    {
        nint size = sizeof(int);
        int value = 0;
        return NativeSystem.ReadNumber(name, ref value, ref size, 0, 0) == 0 && size == sizeof(int) ? value : null;
    }

    private static byte[] ReadProcessorRecords()
    {
        int length = 0;
        NativeSystem.ReadProcessors(RelationCore, null, ref length);
        var records = new byte[length];
        return NativeSystem.ReadProcessors(RelationCore, records, ref length) ? records[..length] : [];
    }
}
