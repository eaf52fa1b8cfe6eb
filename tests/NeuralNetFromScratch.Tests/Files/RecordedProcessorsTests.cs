using System.Buffers.Binary;

namespace NeuralNetFromScratch.Tests.Files;

/// <summary>
/// Cores of machines whose systems' answers are published: which processors share a core, their classes and numbers are from there, in the layout of the
/// system's own files and records.
/// </summary>
public class RecordedProcessorsTests
{
    /// <summary>
    /// Intel Core i7-1370P under Linux 6.1: six cores of two threads, eight of one. From hwloc's test 20em64t-hybrid-1p6c2t+2ca4co1t
    /// (https://github.com/open-mpi/hwloc), whose two kinds of processors are 0x00000fff and 0x000ff000.
    /// </summary>
    [TestCase("0-19", 6)]
    [TestCase("0,2,4,12-19", 3)]
    [TestCase("12-19", 8)]
    public void A_hybrid_notebook_under_Linux(string allowed, int expected)
    {
        var files = new Dictionary<string, string>
        {
            ["/proc/self/status"] = $"Cpus_allowed_list:\t{allowed}\n",
            ["/sys/devices/cpu_core/cpus"] = "0-11\n",
            ["/sys/devices/cpu_atom/cpus"] = "12-19\n",
        };
        for (int processor = 0; processor < 20; processor++)
            files[$"/sys/devices/system/cpu/cpu{processor}/topology/core_cpus_list"] = processor < 12 ? $"{processor & ~1}-{processor | 1}\n" : $"{processor}\n";
        Assert.That(ProcessorCores.OfLinux(files.GetValueOrDefault), Is.EqualTo(expected));
    }

    /// <summary>
    /// Intel Core i5-12600K under Windows 11: 48 records, 2,560 bytes, of packages, cores, modules, caches, a node and a group; the core records in the order of the
    /// listing, among the others. From https://github.com/umezawatakeshi/GetLogicalProcessorInformationEx, EXAMPLE-Intel-Core-i5-12600K.md.
    /// </summary>
    [Test]
    public void A_hybrid_desktop_under_Windows()
    {
        const int Core = 0, Node = 1, Cache = 2, Package = 3, Group = 4, Module = 7;
        var records = new List<byte>();
        Add(Package, 48);
        for (int core = 0; core < 10; core++)
        {
            bool isFast = core < 6;
            Add(Core, 48, threads: isFast ? 2 : 1, efficiency: isFast ? 1 : 0);
            if (core <= 6)
                Add(Module, 48);
            // First-level caches of each core, the second level of each module, and the third level once.
            for (int cache = 0; cache < 2 + (core <= 6 ? 1 : 0) + (core == 0 ? 1 : 0); cache++)
                Add(Cache, 56);
        }

        Add(Node, 48);
        Add(Group, 80);
        Assert.That(records, Has.Count.EqualTo(2560));
        Assert.That(ProcessorCores.OfWindows(records.ToArray()), Is.EqualTo(6));

        void Add(int relation, int size, int threads = 0, int efficiency = 0)
        {
            byte[] record = new byte[size];
            BinaryPrimitives.WriteInt32LittleEndian(record, relation);
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), size);
            (record[8], record[9]) = ((byte)(threads == 2 ? 1 : 0), (byte)efficiency);
            records.AddRange(record);
        }
    }

    /// <summary>
    /// What sysctl says on Apple M1 Pro (ten processors), M2 Max (twelve) and M3 Ultra (28), as published in many listings; and on an Intel Core i9-9880H, which has no
    /// performance levels. Apple's page "Determining system capabilities" says what the numbers mean: level 0 is the fastest.
    /// </summary>
    [TestCase("hw.physicalcpu: 10|hw.nperflevels: 2|hw.perflevel0.physicalcpu: 8|hw.perflevel1.physicalcpu: 2", 8)]
    [TestCase("hw.physicalcpu: 12|hw.nperflevels: 2|hw.perflevel0.physicalcpu: 8|hw.perflevel1.physicalcpu: 4", 8)]
    [TestCase("hw.physicalcpu: 28|hw.nperflevels: 2|hw.perflevel0.physicalcpu: 20|hw.perflevel1.physicalcpu: 8", 20)]
    [TestCase("hw.physicalcpu: 8|hw.logicalcpu: 16", 8)]
    public void Processors_under_MacOS(string listing, int expected)
    {
        Dictionary<string, int?> numbers = listing.Split('|').Select(line => line.Split(": ")).ToDictionary(pair => pair[0], pair => (int?)int.Parse(pair[1]));
        Assert.That(ProcessorCores.OfMacOS(name => numbers.GetValueOrDefault(name)), Is.EqualTo(expected));
    }

    [TestCase(6, 20, 6, Description = "cores with two threads")]
    [TestCase(64, 2, 2, Description = "a container with a quota of two of 64 cores")]
    [TestCase(16, 1, 1, Description = "a quota of half a core")]
    [TestCase(0, 4, 1)]
    [TestCase(null, 4, 4, Description = "a system that does not say")]
    public void A_container_has_at_most_its_share(int? cores, int processors, int expected) =>
        Assert.That(ProcessorCores.Within(cores, processors), Is.EqualTo(expected));
}
