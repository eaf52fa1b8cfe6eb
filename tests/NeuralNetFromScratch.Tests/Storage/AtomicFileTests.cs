using System.Diagnostics;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>What becomes of the file that is there, of links, permissions, devices, leftovers and failing disks when a file is written.</summary>
public class AtomicFileTests
{
    [Test]
    public void A_write_that_fails_on_the_way_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        File.WriteAllText(path, "old");
        Assert.That(
            () => AtomicFile.Write(path, stream =>
            {
                stream.Write([1, 2, 3]);
                throw new IOException("the disk is full");
            }),
            Throws.InstanceOf<IOException>().With.Message.Contains("full"));
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(() => AtomicFile.Write(path, _ => throw new OperationCanceledException()), Throws.InstanceOf<OperationCanceledException>());
        Directory.CreateDirectory(folder.File("taken"));
        Assert.That(() => AtomicFile.Write(folder.File("taken"), stream => stream.WriteByte(1)), Throws.InstanceOf<IOException>().With.Message.Contains("is a folder"));
        Assert.That(folder.FileNames, Is.EqualTo((string[])["a"]));
    }

    [Test]
    public void A_flush_that_fails_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        File.WriteAllText(path, "old");
        Assert.That(
            () => AtomicFile.Write(path, stream => stream.WriteByte(1), (_, name) => throw new IOException($"{name}: cannot be flushed")),
            Throws.InstanceOf<IOException>().With.Message.EqualTo($"{path}: cannot be flushed"));
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(folder.FileNames, Is.EqualTo((string[])["a"]));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void The_result_of_a_flush_is_seen() =>
        Assert.That(() => NativeFile.Sync(-1, "model"), Throws.InstanceOf<IOException>().With.Message.StartsWith("model cannot be flushed to disk"));

    [Test]
    public void Folders_that_are_missing_are_made()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("new/deeper/model.safetensors"), log = folder.File("logs/run.csv");
        var network = new Sequential([2], 1, new Dense(2));
        network.Save(path);
        Assert.That(Sequential.Load(path).Layers, Is.EqualTo(network.Layers));
        Dataset data = NeuralNetFromScratch.Dataset.FromArrays([1, 2, 3, 4], [2], [0, 1], 2);
        new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f)).Fit(data, new FitOptions { Epochs = 1, Callbacks = [new CsvLog(log)] });
        Assert.That(log, Does.Exist);
    }

    [Test]
    public void A_folder_in_which_nothing_can_be_made_is_named_and_no_random_name_is()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        string path = folder.File("file/model");
        string message = Assert.Catch(() => AtomicFile.Write(path, stream => stream.WriteByte(1)))!.Message;
        Assert.That(message, Does.Contain("file").And.Not.Contain(".tmp"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Links_are_followed_and_stay([Values] bool isRelative)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("models"));
        string target = folder.File("models/v1"), link = folder.File("current"), far = folder.File("far");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, isRelative ? "models/v1" : target);
        File.CreateSymbolicLink(far, link);
        AtomicFile.Write(far, stream => stream.Write("new"u8));
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(target), Is.EqualTo("new"));
            Assert.That(new FileInfo(link).LinkTarget, Is.Not.Null);
            Assert.That(new FileInfo(far).LinkTarget, Is.Not.Null);
        });
        File.Delete(target);
        AtomicFile.Write(link, stream => stream.Write("again"u8));
        Assert.That(File.ReadAllText(target), Is.EqualTo("again"), "the target of a link that led nowhere");
    }

    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    [Platform("Linux,MacOsX")]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Interoperability", "CA1416", Justification = "The test is skipped elsewhere.")]
    public void Permissions_stay(UnixFileMode mode)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, mode);
        AtomicFile.Write(path, stream => Assert.That(File.GetUnixFileMode(((FileStream)stream).Name), Is.EqualTo(mode), "while it is written"));
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(mode));
    }

    [Test]
    [Platform("Linux")]
    public void Devices_and_pipes_are_refused_and_stay()
    {
        using var folder = new TemporaryFolder();
        string pipe = folder.File("pipe"), link = folder.File("link");
        using (Process make = Process.Start("mkfifo", pipe))
            make.WaitForExit();
        File.CreateSymbolicLink(link, "/dev/null");
        foreach (string path in (string[])[pipe, link, "/dev/null"])
            Assert.That(() => AtomicFile.Write(path, stream => stream.WriteByte(1)), Throws.InstanceOf<IOException>().With.Message.Contains("not a regular file"), path);
        Assert.That(NativeFile.IsSpecial(pipe));
    }

    [Test]
    public void Files_of_killed_writers_are_removed_and_those_of_active_writers_stay()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model"), dead = $"{path}.{Guid.NewGuid():N}.tmp", others = $"{path}2.{Guid.NewGuid():N}.tmp", note = $"{path}.note.tmp";
        foreach (string file in (string[])[dead, others, note])
            File.WriteAllText(file, "left");
        string? alive = null;
        AtomicFile.Write(path, outer =>
        {
            alive = ((FileStream)outer).Name;
            // Another writer of the same file while this one is at work.
            AtomicFile.Write(path, inner => inner.Write("second"u8));
            Assert.That(alive, Does.Exist);
            outer.Write("first"u8);
        });
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(path), Is.EqualTo("first"), "the last writer wins");
            Assert.That(folder.FileNames, Is.EquivalentTo((string[])["model", Path.GetFileName(others), Path.GetFileName(note)]));
        });
    }

    [Test]
    public void Any_number_of_writers_at_once_leave_one_whole_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        byte[][] contents = [.. Enumerable.Range(0, 4).Select(number => Enumerable.Repeat((byte)number, 10_000 + number).ToArray())];
        Parallel.For(0, 100, round => AtomicFile.Write(path, stream => stream.Write(contents[round % 4])));
        Assert.That(contents, Has.Some.EqualTo(File.ReadAllBytes(path)));
        Assert.That(folder.FileNames, Is.EqualTo((string[])["model"]));
    }
}
