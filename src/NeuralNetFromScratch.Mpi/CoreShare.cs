using System.Buffers.Binary;
using System.Globalization;

namespace NeuralNetFromScratch.Mpi;

/// <summary>
/// Divides the cores of a machine among the processes on it. Each process tells the others which machine it is on and which processors it may use,
/// as its launcher bound it.
/// </summary>
internal static class CoreShare
{
    private const int HashBytes = sizeof(ulong), MaskBytes = 512;

    /// <summary>The length of a process' record.</summary>
    public const int RecordBytes = HashBytes + MaskBytes;

    /// <summary>The record of this process: a hash of its machine, and a bit for each processor that it may use.</summary>
    /// <param name="read">Reads a file; returns null if it does not exist.</param>
    public static byte[] Record(Func<string, string?> read)
    {
        // The identifier of the running kernel is that of the machine, also in containers with names of their own.
        string machine = read("/proc/sys/kernel/random/boot_id") ?? Environment.MachineName;
        string? allowed = read("/proc/self/status")?.Split('\n').FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        var record = new byte[RecordBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, Hash(machine));
        foreach (int processor in Processors(allowed?.Split(':')[1] ?? $"0-{Environment.ProcessorCount - 1}"))
            record[HashBytes + processor / 8] |= (byte)(1 << processor % 8);
        return record;
    }

    /// <summary>
    /// The number of cores for a process: its cores times the share of its processors that is its own, where a processor that n processes of the
    /// machine may use is 1/n of each. At least 1.
    /// </summary>
    /// <param name="cores">The number of cores that the process may use.</param>
    /// <param name="records">The records of all processes, in the order of ranks.</param>
    /// <param name="rank">The rank of the process.</param>
    public static int Cores(int cores, ReadOnlySpan<byte> records, int rank)
    {
        ReadOnlySpan<byte> own = records.Slice(rank * RecordBytes, RecordBytes);
        int processors = 0;
        double share = 0;
        for (int processor = 0; processor < MaskBytes * 8; processor++)
        {
            if (!Has(own, processor))
                continue;
            int users = 0;
            for (int other = 0; other < records.Length / RecordBytes; other++)
            {
                ReadOnlySpan<byte> record = records.Slice(other * RecordBytes, RecordBytes);
                users += record[..HashBytes].SequenceEqual(own[..HashBytes]) && Has(record, processor) ? 1 : 0;
            }

            processors++;
            share += 1.0 / users;
        }

        // Thirds and sevenths are not exact.
        return processors == 0 ? cores : Math.Max(1, (int)(cores * share / processors + 1e-6));

        static bool Has(ReadOnlySpan<byte> record, int processor) => (record[HashBytes + processor / 8] >> processor % 8 & 1) != 0;
    }

    /// <summary>The processors of a list such as "0-3,8", as far as a record has place for them.</summary>
    private static IEnumerable<int> Processors(string list)
    {
        foreach (string part in list.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (Number(ends[0]) is { } first && Number(ends[^1]) is { } last)
            {
                for (int processor = first; processor <= Math.Min(last, MaskBytes * 8 - 1); processor++)
                    yield return processor;
            }
        }

        static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>FNV-1a, 64 bits.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
